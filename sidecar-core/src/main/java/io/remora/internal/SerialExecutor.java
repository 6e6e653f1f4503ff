package io.remora.internal;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after another, in the order they came, on threads of another executor: the single writer of what it
 * owns. A task that throws is logged and does not stop the ones behind it. Thread-safe.
 */
public final class SerialExecutor implements Executor {

    private static final Logger LOGGER = LoggerFactory.getLogger(SerialExecutor.class);

    private final Executor threads;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean draining; // guarded by waiting

    /** Runs on the threads of the given executor; on the caller's if that one runs tasks at once. */
    public SerialExecutor(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (waiting) {
            waiting.add(task);
            if (draining) {
                return;
            }
            draining = true;
        }
        try {
            threads.execute(this::drain);
        } catch (RejectedExecutionException e) {
            synchronized (waiting) {
                draining = false;
                waiting.remove(task);
            }
            throw e;
        }
    }

    private void drain() {
        while (true) {
            Runnable task;
            synchronized (waiting) {
                task = waiting.poll();
                if (task == null) {
                    draining = false;
                    return;
                }
            }
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                // Also after an error of the virtual machine: whoever stopped here would stop for good, unnoticed.
                LOGGER.atError().setCause(e).log("task failed");
            }
        }
    }
}
