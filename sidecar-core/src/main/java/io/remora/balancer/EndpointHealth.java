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

    /**
     * The right to be the one pick of an endpoint on trial. It is handed back with what that pick tells; once it was given
     * up, for the endpoint did not hear of its pick for too long, it decides nothing, also while another pick has another.
     */
    interface Claim {}

    /** Claims the trial; null if another pick has it, or the endpoint is not on trial. */
    default @Nullable Claim tryTrial() {
        return null;
    }

    /**
     * A pick took a connection; whether it is of use is not known yet.
     *
     * @param claim what the pick was made with; null if it is no trial
     */
    default void connected(@Nullable Claim claim) {}

    /**
     * A pick was of use: the endpoint answered. Told once for a pick.
     *
     * @param claim what the pick was made with; null if it is no trial
     */
    default void succeeded(@Nullable Claim claim) {}

    /**
     * A pick ended with a failure of the endpoint before it answered.
     *
     * @param claim what the pick was made with; null if it is no trial
     */
    default void failed(Outcome outcome, @Nullable Claim claim) {}

    /**
     * A pick ended in a way that says nothing of the endpoint.
     *
     * @param claim what the pick was made with; null if it is no trial
     */
    default void released(@Nullable Claim claim) {}
}
