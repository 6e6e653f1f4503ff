package io.remora.internal;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock and its timers, which move only when a test says so. Tasks that are due at the same time run in their order. */
public final class VirtualClock implements Ticker, Scheduler {

    private final PriorityQueue<Entry> tasks =
            new PriorityQueue<>(Comparator.<Entry>comparingLong(e -> e.atNanos).thenComparingLong(e -> e.number));
    private long nowNanos;
    private long count;

    /** A clock at zero. */
    public VirtualClock() {}

    @Override
    public long read() {
        return nowNanos;
    }

    @Override
    public Task schedule(Runnable task, long delayNanos) {
        Entry entry = new Entry(task, nowNanos + Math.max(0, delayNanos), count++);
        tasks.add(entry);
        return () -> entry.cancelled = true;
    }

    /** Whether a task is to come. */
    public boolean isIdle() {
        tasks.removeIf(entry -> entry.cancelled);
        return tasks.isEmpty();
    }

    /** Lets time pass, and runs what is due until then, each task at its time. */
    public void advance(Duration time) {
        advanceTo(nowNanos + time.toNanos());
    }

    /** Lets time pass until a reading of this clock. */
    public void advanceTo(long endNanos) {
        while (true) {
            Entry next = tasks.peek();
            if (next == null || next.atNanos > endNanos) {
                nowNanos = Math.max(nowNanos, endNanos);
                return;
            }
            tasks.poll();
            if (!next.cancelled) {
                nowNanos = Math.max(nowNanos, next.atNanos);
                next.task.run();
            }
        }
    }

    private static final class Entry {
        private final Runnable task;
        private final long atNanos;
        private final long number;
        private boolean cancelled;

        Entry(Runnable task, long atNanos, long number) {
            this.task = task;
            this.atNanos = atNanos;
            this.number = number;
        }
    }
}
