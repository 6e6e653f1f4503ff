package io.remora.internal;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks on one daemon thread, which starts with the first of them. After {@link #close()} no task runs, and new ones
 * are dropped. Thread-safe.
 */
public final class ThreadScheduler implements Scheduler, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ThreadScheduler.class);
    private static final Task DROPPED = () -> {};

    private final ScheduledThreadPoolExecutor executor;

    /** @param name of the thread */
    public ThreadScheduler(String name) {
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Task schedule(Runnable task, long delayNanos) {
        try {
            Future<?> future = executor.schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            return DROPPED;
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // Also after an error of the virtual machine: nobody asks for the result, so it would be lost.
            LOGGER.atError().setCause(e).log("task failed");
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
