package io.remora.internal;

/** Runs tasks later, one at a time. What a task throws is logged and stops no other. Thread-safe. */
public interface Scheduler {

    /**
     * Runs a task once.
     *
     * @param delayNanos from now on; at once, but not on this thread's stack, if it is not positive
     */
    Task schedule(Runnable task, long delayNanos);

    /** A task to come. */
    interface Task {

        /** Keeps the task from running, unless it runs already. Idempotent. */
        void cancel();
    }
}
