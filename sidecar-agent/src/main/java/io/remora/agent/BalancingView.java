package io.remora.agent;

import io.remora.balancer.Admission;
import io.remora.balancer.BalancerConfig.Limits;
import io.remora.balancer.Candidates;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointHealth;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * How a running agent balances one Service port.
 *
 * @param policy by its name in settings
 * @param ejected endpoints that are ejected
 * @param onTrial those whose time of ejection is over and that have not proved themselves yet
 * @param panic whether so many are ejected that all are used
 * @param breakerOpen whether the circuit breaker of this port lets no connection in, or a few only
 * @param connections open now, those that are pending included
 * @param pending connections that wait for an endpoint to take them
 * @param maxConnections limit of them; null if there is none
 * @param maxPending as well
 * @param refused connections so far that a limit kept out
 * @param retriesExhausted connects so far that were not begun for want of retry budget
 */
record BalancingView(
        String policy,
        int ejected,
        int onTrial,
        boolean panic,
        boolean breakerOpen,
        int connections,
        int pending,
        @Nullable Integer maxConnections,
        @Nullable Integer maxPending,
        long refused,
        long retriesExhausted) {

    static BalancingView of(DestinationBalancer balancer) {
        Candidates candidates = balancer.candidates();
        Admission admission = balancer.admission();
        Limits limits = admission.limits();
        return new BalancingView(
                balancer.config().policy().text(),
                candidates.count(EndpointHealth.State.EJECTED),
                candidates.count(EndpointHealth.State.TRIAL),
                candidates.panic(),
                balancer.health().gate().isShut(),
                admission.open(),
                admission.pending(),
                limits.maxConnections() == 0 ? null : limits.maxConnections(),
                limits.maxPending() == 0 ? null : limits.maxPending(),
                admission.refused(),
                balancer.retryBudget().exhausted());
    }

    /** Returns {@code 2 ejected, 1 on trial}; empty if all are healthy. */
    String sick() {
        StringJoiner sick = new StringJoiner(", ");
        if (ejected > 0) {
            sick.add(ejected + " ejected");
        }
        if (onTrial > 0) {
            sick.add(onTrial + " on trial");
        }
        return sick.toString();
    }

    /** For people; null if there is no limit. */
    @Nullable
    String limits() {
        if (maxConnections == null && maxPending == null) {
            return null;
        }
        StringJoiner limits = new StringJoiner(", ");
        if (maxConnections != null) {
            limits.add(connections + " of at most " + maxConnections + " connections open");
        }
        if (maxPending != null) {
            limits.add(pending + " of at most " + maxPending + " waiting for an endpoint");
        }
        return limits.add(refused + " refused so far").toString();
    }
}
