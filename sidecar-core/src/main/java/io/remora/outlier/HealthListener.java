package io.remora.outlier;

import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.registry.DestinationId;

/** Hears what happens to the health of endpoints. Called under the lock of the Destination; returns quickly. */
public interface HealthListener {

    /** Hears nothing. */
    HealthListener NONE = new HealthListener() {};

    /** The rules that eject. */
    enum Rule {
        CONSECUTIVE_FAILURES("consecutive_failures"),
        SUCCESS_RATE("success_rate"),
        FAILURE_PERCENTAGE("failure_percentage"),
        BREAKER("breaker"),
        PROBE("probe"),
        /** The trial after an ejection failed. */
        TRIAL("trial");

        private final String label;

        Rule(String label) {
            this.label = label;
        }

        /** Value of the metric tag. */
        public String label() {
            return label;
        }
    }

    /** An endpoint was ejected. */
    default void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {}

    /** An endpoint would have been ejected, but as many as allowed are ejected already (Envoy {@code ejections_overflow}). */
    default void overflowed(EndpointState endpoint, Rule rule) {}

    /** An endpoint is healthy again: its trial, or its probes, succeeded, or it was ejected by mistake. */
    default void returned(EndpointState endpoint, Ejection last) {}

    /**
     * The circuit breaker of a Destination opened, and connections to it are reset, or it lets all of them in again. Called
     * without the lock.
     */
    default void shut(DestinationId destination, boolean shut) {}

    /** So many are ejected that all are used, or not any more. */
    default void panicked(DestinationId destination, boolean panic) {}
}
