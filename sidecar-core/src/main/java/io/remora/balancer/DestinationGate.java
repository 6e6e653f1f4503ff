package io.remora.balancer;

/**
 * Lets the connections of one Destination in, or none while nothing of it works. Whoever was let in tells exactly once how
 * it ended. Thread-safe.
 */
public interface DestinationGate {

    /** Lets everybody in. */
    DestinationGate OPEN = new DestinationGate() {};

    /** Asks to be let in. */
    default boolean tryEnter() {
        return true;
    }

    /** One that was let in was of use: an endpoint answered. */
    default void succeeded() {}

    /** One that was let in failed, with every endpoint that it tried. */
    default void failed() {}

    /** One that was let in ended in a way that says nothing of the Destination. */
    default void released() {}
}
