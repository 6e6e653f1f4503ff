package io.remora.simulation;

/** Seconds of scripts, nanoseconds of clocks. */
final class Seconds {

    private static final double NANOS = 1e9;

    private Seconds() {}

    static long toNanos(double seconds) {
        return (long) (seconds * NANOS);
    }

    static double of(long nanos) {
        return nanos / NANOS;
    }
}
