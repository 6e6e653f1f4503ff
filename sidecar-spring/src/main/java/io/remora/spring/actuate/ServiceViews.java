package io.remora.spring.actuate;

import io.remora.balancer.Admission;
import io.remora.balancer.BalancerConfig.Limits;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.client.ServiceTarget;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpFamily;
import io.remora.embedded.Remora;
import io.remora.internal.Moments;
import io.remora.registry.Destination;
import io.remora.registry.EndpointDecision;
import io.remora.registry.ServiceEntry;
import io.remora.spring.actuate.RemoraView.BalancingView;
import io.remora.spring.actuate.RemoraView.EjectionView;
import io.remora.spring.actuate.RemoraView.EndpointView;
import io.remora.spring.actuate.RemoraView.PortView;
import io.remora.spring.actuate.RemoraView.ServiceView;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows what is known of Services, and how they are balanced. Thread-safe.
 *
 * @param moments of the clock that the balancers are made with
 */
record ServiceViews(Remora remora, Moments moments) {

    private static final double NANOS_PER_MILLI = 1e6;

    ServiceView of(ServiceEntry entry) {
        List<PortView> ports = entry.destinations().stream()
                .filter(destination -> !destination.id().external()) // no host means those
                .map(this::port)
                .toList();
        return new ServiceView(
                entry.service().id().toString(),
                entry.exclusion() == null ? null : entry.exclusion().reason(),
                ports);
    }

    private PortView port(Destination destination) {
        DestinationBalancer balancer = remora.balancers().find(destination);
        DestinationBalancer used = remora.requests()
                .find(ServiceTarget.of(
                        destination.id().service(), destination.port().port()));
        String name = destination.port().name();
        return new PortView(
                name.isEmpty() ? null : name,
                destination.port().port(),
                destination.id().family() == IpFamily.IPV6 ? "IPv6" : "IPv4",
                used != null && used.destination().id().equals(destination.id()),
                destination.selection().reason(),
                balancer == null ? null : balancing(balancer),
                destination.decisions().stream()
                        .map(decision -> endpoint(decision, balancer))
                        .toList());
    }

    private static BalancingView balancing(DestinationBalancer balancer) {
        Admission admission = balancer.admission();
        Limits limits = admission.limits();
        return new BalancingView(
                balancer.config().policy().text(),
                balancer.candidates().panic(),
                balancer.health().gate().isShut(),
                admission.open(),
                admission.pending(),
                limits.maxConnections() == 0 ? null : limits.maxConnections(),
                limits.maxPending() == 0 ? null : limits.maxPending(),
                admission.refused(),
                balancer.retryBudget().exhausted());
    }

    private EndpointView endpoint(EndpointDecision decision, @Nullable DestinationBalancer balancer) {
        Endpoint endpoint = decision.endpoint();
        Endpoint.TargetRef target = endpoint.target();
        EndpointState state = balancer == null ? null : balancer.state(endpoint);
        long latency = state == null ? -1 : state.latencyNanos(moments.now());
        return new EndpointView(
                endpoint.hostPort(),
                target == null ? null : target.namespace() + "/" + target.name(),
                endpoint.node(),
                endpoint.zone(),
                state(decision, state),
                decision.eligibility().reason(),
                state == null ? null : ejection(state),
                state == null ? 1 : state.weight(),
                balancer == null || state == null ? null : seconds(balancer.slowStartRemaining(state)),
                state != null && state.isFailing(moments.now()),
                state == null ? 0 : state.active(),
                state == null ? 0 : state.picks(),
                state == null ? 0 : state.failures(),
                latency < 0 ? null : latency / NANOS_PER_MILLI);
    }

    private static String state(EndpointDecision decision, @Nullable EndpointState state) {
        if (!decision.eligibility().isEligible()) {
            return "ineligible";
        }
        return switch (state == null
                ? EndpointHealth.State.HEALTHY
                : state.health().state()) {
            case HEALTHY -> "used";
            case TRIAL -> "trial";
            case EJECTED -> "ejected";
        };
    }

    private @Nullable EjectionView ejection(EndpointState state) {
        Ejection ejection = state.health().ejection();
        return ejection == null
                ? null
                : new EjectionView(
                        ejection.cause(),
                        moments.at(ejection.sinceNanos()).toString(),
                        ejection.byProbe()
                                ? null
                                : moments.at(ejection.untilNanos()).toString(),
                        ejection.times());
    }

    private static @Nullable Long seconds(Duration remaining) {
        return remaining.isZero() ? null : remaining.plusMillis(999).toSeconds();
    }
}
