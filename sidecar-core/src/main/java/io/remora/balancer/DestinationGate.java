package io.remora.balancer;

import org.jspecify.annotations.Nullable;

/** Lets the connections of one Destination in, or none while nothing of it works. Thread-safe. */
public interface DestinationGate {

    /** Lets everybody in. */
    DestinationGate OPEN = new DestinationGate() {};

    /** Asks to be let in. Returns null if it is not, else what is to be told exactly once how it ended. */
    default @Nullable Entry tryEnter() {
        return Entry.UNWATCHED;
    }

    /** Whether it lets nobody in now, or only a few to find out whether it should. */
    default boolean isShut() {
        return false;
    }

    /** What one that was let in tells. It may be shared by many. Thread-safe. */
    interface Entry {

        /** Nobody wants to know. */
        Entry UNWATCHED = new Entry() {};

        /** An endpoint took the connection. Told before the end, or not at all. */
        default void connected() {}

        /** It was of use: an endpoint answered. */
        default void succeeded() {}

        /** It failed, with every endpoint that it tried. */
        default void failed() {}

        /** It ended in a way that says nothing of the Destination. */
        default void released() {}
    }
}
