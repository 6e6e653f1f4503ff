package io.remora.balancer;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the health of one endpoint from the traffic that it gets, as far as its balancer asks. Made by a
 * {@link DestinationHealth}. Thread-safe; called for every pick, so it returns quickly and does not throw.
 */
public interface EndpointHealth {

    /** Of an endpoint that is healthy whatever happens. */
    EndpointHealth ALWAYS_HEALTHY = new EndpointHealth() {};

    /** Whether it may be picked, and how. */
    enum State {
        /** Picked as the policy likes. */
        HEALTHY,
        /** Its time of ejection is over: one pick at a time goes to it, until one succeeds or fails. */
        TRIAL,
        /** Not picked, unless so many are ejected that nobody believes it any more. */
        EJECTED
    }

    /** The state now. */
    default State state() {
        return State.HEALTHY;
    }

    /** Returns its ejection while it is not {@link State#HEALTHY}, with what it is or was; else null. */
    default @Nullable Ejection ejection() {
        return null;
    }

    /** Claims the trial. True for one caller only, until that pick has ended. */
    default boolean tryTrial() {
        return false;
    }

    /** A pick took a connection; whether it is of use is not known yet. */
    default void connected(boolean trial) {}

    /** A pick was of use: the endpoint answered. Told once for a pick. */
    default void succeeded(boolean trial) {}

    /** A pick ended with a failure of the endpoint before it answered. */
    default void failed(Outcome outcome, boolean trial) {}

    /** A pick ended in a way that says nothing of the endpoint. */
    default void released(boolean trial) {}
}
