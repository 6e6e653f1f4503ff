package io.remora.registry;

import io.remora.registry.ServiceRegistry.LookUp;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long connections, or requests, may wait for look-ups. Each waits for the hold time at most, and while no look-up at all is answered
 * all of them together do so once: a source that cannot be reached delays an app by that and no more, however many addresses
 * it dials one after another. Of the look-ups that were given up one stays open until it is answered; then there is a source
 * again, and connections wait again. Thread-safe; used for what is not known only.
 */
public final class HoldWindow {

    private final long holdNanos;
    private int waiting; // guarded by this, as all below
    private long since; // nothing was answered since, if anyone waits or a look-up stays open
    private @Nullable LookUp<?> open;

    /** @param holdNanos how long each may wait at most */
    public HoldWindow(long holdNanos) {
        this.holdNanos = holdNanos;
    }

    /** A connection would wait. Returns for how long it may; if that is more than zero it does and {@link #end} follows. */
    public synchronized long begin(long now) {
        if (waiting == 0 && open == null) {
            since = now;
        }
        long left = left(now, now);
        if (left > 0) {
            waiting++;
        }
        return left;
    }

    /** Returns how much longer a connection may wait that does so since the given time; zero or less if no longer. */
    public synchronized long left(long begun, long now) {
        return holdNanos - Math.max(now - begun, now - since);
    }

    /** A connection does not wait any more. */
    public synchronized void end() {
        waiting--;
    }

    /** A look-up was answered. */
    public void answered(long now) {
        LookUp<?> over;
        synchronized (this) {
            since = now;
            over = open;
            open = null;
        }
        if (over != null) {
            over.close();
        }
    }

    /** A look-up was given up; it is closed, now or once one is answered. */
    public void givenUp(LookUp<?> lookUp, LongSupplier clock) {
        boolean kept;
        synchronized (this) {
            kept = open == null;
            if (kept) {
                open = lookUp;
            }
        }
        if (kept) {
            lookUp.result().whenComplete((route, problem) -> answered(clock.getAsLong()));
        } else {
            lookUp.close();
        }
    }

    /** Closes what stays open. */
    public void close() {
        answered(0);
    }

    @Override
    public synchronized String toString() {
        return waiting + " wait, up to " + TimeUnit.NANOSECONDS.toMillis(holdNanos) + " ms";
    }
}
