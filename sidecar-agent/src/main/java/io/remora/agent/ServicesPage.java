package io.remora.agent;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.EndpointView;
import io.remora.agent.ServicesView.NotFound;
import io.remora.agent.ServicesView.Totals;
import io.remora.agent.ServicesView.UnbalancedView;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Moments;
import io.remora.registry.Destination;
import io.remora.registry.EndpointDecision;
import io.remora.registry.Exclusion;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /services}: every Destination, or those of one Service, with its endpoints and what was decided about them. */
final class ServicesPage implements AdminPage {

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MICROS_PER_MILLI = 1e3;

    private final ServiceRegistry registry;
    private final BalancerRegistry balancers;
    private final Supplier<StatusView> status;
    private final Moments moments;

    ServicesPage(ServiceRegistry registry, BalancerRegistry balancers, Supplier<StatusView> status, Moments moments) {
        this.registry = registry;
        this.balancers = balancers;
        this.status = status;
        this.moments = moments;
    }

    @Override
    public AdminResponse respond(AdminRequest request) {
        RegistrySnapshot snapshot = registry.snapshot();
        List<ServiceEntry> all = snapshot.services();
        String asked = request.parameter("service");
        AskedAddress address = asked == null ? null : AskedAddress.parse(asked);
        List<ServiceEntry> wanted =
                asked == null ? all : address == null ? ServiceNames.matching(asked, all) : address.matching(all);
        if (asked != null && wanted.isEmpty()) {
            NotFound answer = address == null
                    ? new NotFound("no Service named '" + asked + "'", ServiceNames.near(asked, all), snapshot.synced())
                    : new NotFound(address.noMatch(all), List.of(), snapshot.synced());
            return AdminResponse.json(HttpResponseStatus.NOT_FOUND, Json.write(answer));
        }
        return AdminResponse.pieces(
                AdminResponse.JSON,
                new ServicesStream(status.get(), totals(all), wanted, this::view, this::unbalanced));
    }

    private Totals totals(List<ServiceEntry> all) {
        int destinations = 0;
        int endpoints = 0;
        int eligible = 0;
        long inFlight = 0;
        long picks = 0;
        long failures = 0;
        int ejected = 0;
        for (ServiceEntry entry : all) {
            for (Destination destination : entry.destinations()) {
                destinations++;
                endpoints += destination.decisions().size();
                eligible += destination.eligible().size();
                DestinationBalancer balancer = balancers.find(destination);
                for (EndpointDecision decision : destination.decisions()) {
                    EndpointState state = state(balancer, decision.endpoint());
                    if (state != null) {
                        inFlight += state.active();
                        picks += state.picks();
                        failures += state.failures();
                        ejected += isEjected(state) ? 1 : 0;
                    }
                }
            }
        }
        return new Totals(all.size(), destinations, endpoints, eligible, inFlight, picks, failures, ejected);
    }

    private DestinationView view(Destination destination) {
        DestinationBalancer balancer = balancers.find(destination);
        return new DestinationView(
                destination.id().service().toString(),
                destination.id().portName(),
                destination.port().port(),
                destination.id().family() == IpFamily.IPV4 ? "IPv4" : "IPv6",
                destination.id().external(),
                destination.addresses().stream().map(TransportAddress::toString).toList(),
                balancer == null ? null : BalancingView.of(balancer),
                destination.decisions().stream()
                        .map(decision -> view(decision, balancer))
                        .toList());
    }

    private static boolean isEjected(EndpointState state) {
        return state.isEligible() && state.health().state() == EndpointHealth.State.EJECTED;
    }

    private EndpointView view(EndpointDecision decision, @Nullable DestinationBalancer balancer) {
        EndpointState state = state(balancer, decision.endpoint());
        Endpoint endpoint = decision.endpoint();
        Endpoint.TargetRef target = endpoint.target();
        return new EndpointView(
                endpoint.hostPort(),
                endpoint.conditions().ready(),
                endpoint.conditions().serving(),
                endpoint.conditions().terminating(),
                endpoint.zone(),
                endpoint.node(),
                target == null ? null : target.namespace() + "/" + target.name(),
                decision.eligibility().isEligible(),
                decision.eligibility().reason(),
                state == null ? 0 : state.active(),
                state == null ? 0 : state.picks(),
                state == null ? 0 : state.failures(),
                decision.eligibility().isEligible() ? EjectionView.of(state, moments) : null,
                state == null || state.weight() == 1 ? null : state.weight(),
                state == null || balancer == null ? null : slowStart(balancer, state),
                state == null || balancer == null ? null : latency(balancer, state));
    }

    private static @Nullable Long slowStart(DestinationBalancer balancer, EndpointState state) {
        Duration remaining = balancer.slowStartRemaining(state);
        return remaining.isZero() ? null : remaining.plusMillis(999).toSeconds();
    }

    private @Nullable Double latency(DestinationBalancer balancer, EndpointState state) {
        long nanos = state.latencyNanos(moments.ticker().read());
        return nanos < 0 || !balancer.config().policy().looksAtLatency()
                ? null
                : Math.round(nanos / NANOS_PER_MICRO) / MICROS_PER_MILLI;
    }

    private static @Nullable EndpointState state(@Nullable DestinationBalancer balancer, Endpoint endpoint) {
        return balancer == null ? null : balancer.state(endpoint);
    }

    private UnbalancedView unbalanced(ServiceEntry entry) {
        return new UnbalancedView(entry.service().id().toString(), reason(entry));
    }

    private static String reason(ServiceEntry entry) {
        Exclusion exclusion = entry.exclusion();
        return exclusion == null ? "" : exclusion.reason();
    }
}
