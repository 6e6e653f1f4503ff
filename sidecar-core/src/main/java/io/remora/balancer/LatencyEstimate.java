package io.remora.balancer;

/**
 * A peak-sensitive moving average in one long (Finagle {@code PeakEwma}): a higher sample replaces it at once, a lower one
 * pulls it down as time goes by, and without any it fades, so that an endpoint that was slow is tried again.
 *
 * <p>The upper half is the average as a float of nanoseconds, the lower half the time of the last sample in units of
 * 2^18 ns, which goes round once in 13 days; a time that seems to lie ahead counts as now.
 */
final class LatencyEstimate {

    /** Nothing was measured. */
    static final long UNKNOWN = 0;

    private static final int TICK_BITS = 18;
    private static final int POWER = 64;
    private static final float LEAST_NANOS = 1; // a measured zero is not unknown

    private LatencyEstimate() {}

    /**
     * Returns the estimate with a sample added.
     *
     * @param rate as {@link #rate} has it
     */
    static long add(long estimate, long sampleNanos, long nowNanos, double rate) {
        double sample = Math.max(LEAST_NANOS, (float) sampleNanos);
        double average = sample;
        if (estimate != UNKNOWN) {
            double before = average(estimate);
            if (sample < before) {
                double kept = remaining(elapsedTicks(estimate, nowNanos), rate);
                average = before * kept + sample * (1 - kept);
            }
        }
        return (long) Float.floatToRawIntBits((float) average) << 32 | nowNanos >> TICK_BITS & 0xffff_ffffL;
    }

    /** Returns nanoseconds, 0 or more, of an estimate that is not {@link #UNKNOWN}. */
    static double read(long estimate, long nowNanos, double rate) {
        return average(estimate) * remaining(elapsedTicks(estimate, nowNanos), rate);
    }

    private static double average(long estimate) {
        return Float.intBitsToFloat((int) (estimate >>> 32));
    }

    private static int elapsedTicks(long estimate, long nowNanos) {
        return Math.max(0, (int) (nowNanos >> TICK_BITS) - (int) estimate);
    }

    /** Returns how fast an estimate fades that loses all but 1/e in the given time. */
    static double rate(long decayNanos) {
        return (double) (1L << TICK_BITS) / POWER / decayNanos;
    }

    /**
     * Nearly exp(-elapsed / decay), as (1 - x/64)^64: within 1 % up to the decay time, and made of operations that are quick
     * and give the same result on every processor.
     */
    static double remaining(int ticks, double rate) {
        double base = 1 - ticks * rate;
        if (base <= 0) {
            return 0;
        }
        double power2 = base * base;
        double power4 = power2 * power2;
        double power8 = power4 * power4;
        double power16 = power8 * power8;
        double power32 = power16 * power16;
        return power32 * power32;
    }
}
