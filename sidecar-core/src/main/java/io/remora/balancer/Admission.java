package io.remora.balancer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the connections of one Destination and keeps them within {@link BalancerConfig.Limits}. Whoever was
 * {@linkplain #enter() let in} says {@link #connected()} at most once and {@link #leave(boolean)} exactly once. Lock-free.
 */
public final class Admission {

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private volatile BalancerConfig.Limits limits = BalancerConfig.Limits.UNLIMITED;

    Admission() {}

    /** Lets a connection in, which now connects; false if a limit is reached. */
    public boolean enter() {
        BalancerConfig.Limits current = limits;
        if (!enter(open, current.maxConnections())) {
            refused.increment();
            return false;
        }
        if (!enter(pending, current.maxPending())) {
            open.decrementAndGet();
            refused.increment();
            return false;
        }
        return true;
    }

    /** Never counts too high, not even for a moment: one that is refused must not take the place of another. */
    private static boolean enter(AtomicInteger counter, int limit) {
        if (limit == 0) { // without one
            counter.incrementAndGet();
            return true;
        }
        int before;
        do {
            before = counter.get();
            if (before >= limit) {
                return false;
            }
        } while (!counter.compareAndSet(before, before + 1));
        return true;
    }

    /** A connection that was let in is connected. */
    public void connected() {
        pending.decrementAndGet();
    }

    /**
     * A connection that was let in is over.
     *
     * @param connected whether it was connected
     */
    public void leave(boolean connected) {
        if (!connected) {
            pending.decrementAndGet();
        }
        open.decrementAndGet();
    }

    /** Connections that are open now, those that connect included. */
    public int open() {
        return open.get();
    }

    /** Connections that connect now. */
    public int pending() {
        return pending.get();
    }

    /** Connections so far that were not let in. */
    public long refused() {
        return refused.sum();
    }

    /** What holds for those that come. */
    public BalancerConfig.Limits limits() {
        return limits;
    }

    void limits(BalancerConfig.Limits newer) {
        limits = newer;
    }
}
