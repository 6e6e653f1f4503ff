package io.remora.simulation;

import org.jspecify.annotations.Nullable;

/** Hears of every request. */
@FunctionalInterface
interface RequestListener {

    /**
     * A request has ended now.
     *
     * @param endpoint that had it; null if none took the connection
     */
    void ended(long beganNanos, boolean success, @Nullable SimulatedEndpoint endpoint);
}
