package io.remora.balancer;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A chosen endpoint that counts as in flight until {@link #complete(Outcome)}. Whoever holds a pick completes it exactly
 * once, on every path. Thread-safe.
 */
public final class Pick {

    private static final AtomicIntegerFieldUpdater<Pick> COMPLETED =
            AtomicIntegerFieldUpdater.newUpdater(Pick.class, "completed");

    private final EndpointState endpoint;

    @SuppressWarnings("UnusedVariable") // through the updater
    private volatile int completed;

    Pick(EndpointState endpoint) {
        this.endpoint = endpoint;
        endpoint.picked();
    }

    /** The endpoint that was chosen. */
    public EndpointState endpoint() {
        return endpoint;
    }

    /**
     * Ends the pick.
     *
     * @throws IllegalStateException if it was completed before: a bug in its holder
     */
    public void complete(Outcome outcome) {
        if (!COMPLETED.compareAndSet(this, 0, 1)) {
            throw new IllegalStateException("the pick of " + endpoint + " was completed before, now with " + outcome);
        }
        endpoint.completed(outcome);
    }
}
