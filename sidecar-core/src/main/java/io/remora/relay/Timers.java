package io.remora.relay;

/** Runs a task later, on the thread that owns whoever asks. */
interface Timers {

    Timer schedule(Runnable task, long delayNanos);

    /** A scheduled task. */
    interface Timer {
        void cancel();
    }
}
