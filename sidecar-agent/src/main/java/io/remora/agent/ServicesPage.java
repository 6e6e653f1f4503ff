package io.remora.agent;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.EndpointView;
import io.remora.agent.ServicesView.NotFound;
import io.remora.agent.ServicesView.Totals;
import io.remora.agent.ServicesView.UnbalancedView;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import io.remora.registry.Destination;
import io.remora.registry.EndpointDecision;
import io.remora.registry.Exclusion;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import io.remora.registry.ServiceRegistry;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /services}: every Destination, or those of one Service, with its endpoints and what was decided about them. */
final class ServicesPage implements AdminPage {

    private final ServiceRegistry registry;
    private final BalancerRegistry balancers;
    private final Supplier<StatusView> status;

    ServicesPage(ServiceRegistry registry, BalancerRegistry balancers, Supplier<StatusView> status) {
        this.registry = registry;
        this.balancers = balancers;
        this.status = status;
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
                    }
                }
            }
        }
        return new Totals(all.size(), destinations, endpoints, eligible, inFlight, picks, failures);
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
                destination.decisions().stream()
                        .map(decision -> view(decision, state(balancer, decision.endpoint())))
                        .toList());
    }

    private static EndpointView view(EndpointDecision decision, @Nullable EndpointState state) {
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
                state == null ? 0 : state.failures());
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
