package io.remora.agent;

import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.DestinationView.Sums;
import io.remora.agent.ServicesView.EndpointView;
import io.remora.agent.ServicesView.Totals;
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
import io.remora.registry.ServiceEntry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the agent knows of Destinations, as {@code /services} tells it. Thread-safe. */
final class DestinationReader {

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MICROS_PER_MILLI = 1e3;

    private final BalancerRegistry balancers;
    private final Moments moments;

    DestinationReader(BalancerRegistry balancers, Moments moments) {
        this.balancers = balancers;
        this.moments = moments;
    }

    /** Sums over all Services. */
    Totals totals(List<ServiceEntry> all) {
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

    /** Whether a person should look at it: nothing can be chosen, or not all that could be is. */
    boolean isTroubled(Destination destination) {
        DestinationBalancer balancer = balancers.find(destination);
        if (destination.eligible().isEmpty()) {
            return true;
        }
        return balancer != null
                && (balancer.candidates().panic()
                        || balancer.candidates().usable().size()
                                < balancer.candidates().eligible().size()
                        || balancer.health().gate().isShut());
    }

    /**
     * Reads one.
     *
     * @param limit at most so many endpoints: those that are ejected or on trial first
     */
    DestinationView view(Destination destination, int limit) {
        DestinationBalancer balancer = balancers.find(destination);
        List<EndpointDecision> decisions = destination.decisions();
        return new DestinationView(
                destination.id().service().toString(),
                destination.id().portName(),
                destination.port().port(),
                destination.id().family() == IpFamily.IPV4 ? "IPv4" : "IPv6",
                destination.id().external(),
                destination.addresses().stream().map(TransportAddress::toString).toList(),
                balancer == null ? null : BalancingView.of(balancer),
                destination.selection().reason(),
                sums(destination, balancer),
                (decisions.size() > limit
                                ? ServicesSelection.first(decisions, decision -> isSick(decision, balancer), limit)
                                : decisions)
                        .stream().map(decision -> view(decision, balancer)).toList());
    }

    private static boolean isSick(EndpointDecision decision, @Nullable DestinationBalancer balancer) {
        EndpointState state = state(balancer, decision.endpoint());
        return state != null && state.health().state() != EndpointHealth.State.HEALTHY;
    }

    private static Sums sums(Destination destination, @Nullable DestinationBalancer balancer) {
        long inFlight = 0;
        long picks = 0;
        long failures = 0;
        for (EndpointDecision decision : destination.decisions()) {
            EndpointState state = state(balancer, decision.endpoint());
            if (state != null) {
                inFlight += state.active();
                picks += state.picks();
                failures += state.failures();
            }
        }
        return new Sums(destination.decisions().size(), destination.eligible().size(), inFlight, picks, failures);
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
}
