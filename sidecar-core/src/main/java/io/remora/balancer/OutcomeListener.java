package io.remora.balancer;

/** Hears how picks end. Called by the thread that completes the pick; returns quickly and does not throw. */
@FunctionalInterface
public interface OutcomeListener {

    /** Does nothing. */
    OutcomeListener NONE = (endpoint, outcome) -> {};

    /** A pick was completed. */
    void completed(EndpointState endpoint, Outcome outcome);
}
