package io.remora.kubernetes;

import io.remora.internal.Ticker;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link WatchLoop} on a daemon thread of its own, which starts with the first task. */
final class ThreadWatchLoop implements WatchLoop {

    private static final Logger LOGGER = LoggerFactory.getLogger(ThreadWatchLoop.class);

    private final Ticker ticker;
    private final ScheduledThreadPoolExecutor thread;

    ThreadWatchLoop(Ticker ticker) {
        this.ticker = ticker;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "remora-kubernetes");
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long now() {
        return ticker.read();
    }

    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            LOGGER.atTrace().log("task came after the end");
        }
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        try {
            Future<?> future = thread.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {};
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("task of the Kubernetes watch failed");
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
