package io.remora.internal;

/**
 * Monotonic time in nanoseconds, as {@link System#nanoTime()} has it: only differences mean anything. Everything that
 * measures time takes one, so that tests drive virtual time. Thread-safe.
 */
@FunctionalInterface
public interface Ticker {

    /** The machine's monotonic clock. */
    Ticker SYSTEM = System::nanoTime;

    /** Returns the current reading in nanoseconds; it may be negative and only grows. */
    long read();
}
