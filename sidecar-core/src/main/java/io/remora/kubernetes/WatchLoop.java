package io.remora.kubernetes;

import java.time.Duration;
import java.util.concurrent.Executor;

/** The one thread that owns all state of a source, with its clock: virtual in tests. Thread-safe. */
interface WatchLoop extends Executor, AutoCloseable {

    /** Returns the monotonic time in nanoseconds. */
    long now();

    /** Runs a task on the thread after a delay, unless it is cancelled before. */
    Timer after(Duration delay, Runnable task);

    /** Drops what waits; a task that runs may end. */
    @Override
    void close();

    /** A task that waits for its time. */
    interface Timer {
        void cancel();
    }
}
