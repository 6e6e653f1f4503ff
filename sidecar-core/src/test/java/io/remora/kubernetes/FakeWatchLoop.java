package io.remora.kubernetes;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop on virtual time: nothing runs but in {@link #run} and {@link #advance}. */
final class FakeWatchLoop implements WatchLoop {

    private static final class Waiting implements Timer {
        private final long at;
        private final long order;
        private final Runnable task;
        private boolean cancelled;

        Waiting(long at, long order, Runnable task) {
            this.at = at;
            this.order = order;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private final Queue<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>(Comparator.<Waiting>comparingLong(w -> w.at).thenComparingLong(w -> w.order));
    private long now = -5_000_000_000L; // an arbitrary reading: only differences mean anything
    private long made;
    private boolean closed;

    @Override
    public long now() {
        return now;
    }

    @Override
    public void execute(Runnable task) {
        if (!closed) {
            ready.add(task);
        }
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        Waiting timer = new Waiting(now + delay.toNanos(), made++, task);
        waiting.add(timer);
        return timer;
    }

    /** Runs what is ready. */
    void run() {
        for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
            task.run();
        }
    }

    /** Lets time pass, with all that falls due in it. */
    void advance(Duration duration) {
        long until = now + duration.toNanos();
        run();
        while (!closed && !waiting.isEmpty() && waiting.peek().at <= until) {
            Waiting next = waiting.remove();
            now = Math.max(now, next.at);
            if (!next.cancelled) {
                next.task.run();
                run();
            }
        }
        now = until;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        waiting.clear();
    }
}
