package io.remora.simulation;

import io.remora.internal.VirtualClock;
import java.util.ArrayDeque;
import java.util.Queue;

/** The deadlines of all requests. As all have the same time, they are due in the order in which they came. */
final class Deadlines {

    private record Due(Link link, int request, long atNanos) {}

    private final VirtualClock clock;
    private final long timeNanos;
    private final Queue<Due> queue = new ArrayDeque<>();
    private boolean scheduled;

    Deadlines(VirtualClock clock, long timeNanos) {
        this.clock = clock;
        this.timeNanos = timeNanos;
    }

    void add(Link link, int request) {
        queue.add(new Due(link, request, clock.read() + timeNanos));
        schedule();
    }

    private void schedule() {
        Due next = queue.peek();
        if (!scheduled && next != null) {
            scheduled = true;
            clock.schedule(this::run, next.atNanos() - clock.read());
        }
    }

    private void run() {
        scheduled = false;
        for (Due next = queue.peek(); next != null && next.atNanos() <= clock.read(); next = queue.peek()) {
            queue.remove();
            next.link().expire(next.request());
        }
        schedule();
    }
}
