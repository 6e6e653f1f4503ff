package io.remora.outlier;

import io.remora.internal.Scheduler;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the time into intervals while there is traffic: the first pick that ends starts one, and after one without any
 * there is no timer until the next. Thread-safe.
 */
final class TrafficInterval {

    private final HealthContext context;
    private final LongSupplier lengthNanos;
    private final Runnable end;
    private volatile boolean running; // written under this
    private Scheduler.@Nullable Task timer; // guarded by this

    /**
     * @param end called by the scheduler when an interval is over; calls {@link #next(boolean)}
     */
    TrafficInterval(HealthContext context, LongSupplier lengthNanos, Runnable end) {
        this.context = context;
        this.lengthNanos = lengthNanos;
        this.end = end;
    }

    /** There is traffic. */
    void touch() {
        if (!running) {
            start();
        }
    }

    private synchronized void start() {
        if (!running) {
            running = true;
            timer = context.schedule(end, lengthNanos.getAsLong());
        }
    }

    /** Begins the next interval, if there was traffic in this one. */
    synchronized void next(boolean busy) {
        stop();
        if (busy) {
            start();
        }
    }

    synchronized void stop() {
        if (timer != null) {
            timer.cancel();
        }
        timer = null;
        running = false;
    }
}
