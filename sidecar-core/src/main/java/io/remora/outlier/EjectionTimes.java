package io.remora.outlier;

import io.remora.outlier.OutlierConfig.EjectionTime;

/** How often in a row an endpoint was ejected, and for how long that ejects it. */
final class EjectionTimes {

    private EjectionTimes() {}

    /** Returns the count after a time without ejection: one less for each base time. */
    static int decayed(int times, long healthyNanos, EjectionTime config) {
        return (int) Math.max(0, times - healthyNanos / config.base().toNanos());
    }

    /** Returns the nanoseconds of the {@code times}-th ejection in a row, from 1, without the jitter. */
    static long nanos(int times, EjectionTime config) {
        long base = config.base().toNanos();
        long max = config.max().toNanos();
        return times > max / base ? max : base * times;
    }
}
