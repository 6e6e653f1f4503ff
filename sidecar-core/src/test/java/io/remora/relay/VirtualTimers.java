package io.remora.relay;

import io.remora.internal.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that passes when a test says so. */
final class VirtualTimers implements Timers, Ticker {

    private record Task(Runnable runnable, long atNanos) {}

    private final List<Task> tasks = new ArrayList<>();
    private long nowNanos;

    @Override
    public Timer schedule(Runnable runnable, long delayNanos) {
        Task task = new Task(runnable, nowNanos + delayNanos);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    @Override
    public long read() {
        return nowNanos;
    }

    int pending() {
        return tasks.size();
    }

    /** Runs what is due until then, each at its time. */
    void advance(Duration time) {
        long end = nowNanos + time.toNanos();
        while (true) {
            Task next = tasks.stream()
                    .filter(task -> task.atNanos <= end)
                    .min(Comparator.comparingLong(Task::atNanos))
                    .orElse(null);
            if (next == null) {
                nowNanos = end;
                return;
            }
            tasks.remove(next);
            nowNanos = Math.max(nowNanos, next.atNanos);
            next.runnable.run();
        }
    }
}
