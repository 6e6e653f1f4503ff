package io.remora.outlier;

import io.remora.balancer.EndpointHealth;
import io.remora.internal.Scheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The one pick that an endpoint on trial gets at a time, and the timer that bounds the wait for its end. Thread-safe. */
final class Trial implements EndpointHealth.Claim {

    /**
     * A pick that took a connection and is neither answered nor failed for so long is a success: clients that only write,
     * or connections that are kept for later.
     */
    static final Duration SILENCE = Duration.ofSeconds(5);

    /** A pick of which nothing is heard for so long is given up, so that the endpoint gets another. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final @Nullable EndpointBreaker permit; // whose permit the pick holds
    private Scheduler.@Nullable Task timer; // guarded by this
    private boolean ended; // guarded by this

    Trial(@Nullable EndpointBreaker permit) {
        this.permit = permit;
    }

    /** Sets the timer anew. */
    synchronized void await(HealthContext context, Runnable task, Duration time) {
        if (ended) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        timer = context.schedule(task, time.toNanos());
    }

    /** Ends the wait. */
    synchronized void end() {
        ended = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Ends the wait and gives back what it holds. */
    void release() {
        end();
        if (permit != null) {
            permit.release();
        }
    }
}
