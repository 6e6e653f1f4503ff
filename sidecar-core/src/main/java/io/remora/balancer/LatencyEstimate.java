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
    private static final float LEAST_NANOS = 1; // a measured zero is not unknown

    private LatencyEstimate() {}

    /** Returns the estimate with a sample added. */
    static long add(long estimate, long sampleNanos, long nowNanos, long decayNanos) {
        double sample = Math.max(LEAST_NANOS, (float) sampleNanos);
        double average = sample;
        if (estimate != UNKNOWN) {
            double before = average(estimate);
            if (sample < before) {
                double kept = remaining(elapsedNanos(estimate, nowNanos), decayNanos);
                average = before * kept + sample * (1 - kept);
            }
        }
        return (long) Float.floatToRawIntBits((float) average) << 32 | nowNanos >> TICK_BITS & 0xffff_ffffL;
    }

    /** Returns nanoseconds, above 0, of an estimate that is not {@link #UNKNOWN}. */
    static double read(long estimate, long nowNanos, long decayNanos) {
        return average(estimate) * remaining(elapsedNanos(estimate, nowNanos), decayNanos);
    }

    private static double average(long estimate) {
        return Float.intBitsToFloat((int) (estimate >>> 32));
    }

    private static long elapsedNanos(long estimate, long nowNanos) {
        int ticks = (int) (nowNanos >> TICK_BITS) - (int) estimate;
        return ticks <= 0 ? 0 : (long) ticks << TICK_BITS;
    }

    /**
     * Nearly exp(-elapsed / decay), as (1 + x/64)^-64: within 1 % up to the decay time, and made of operations that give the
     * same result on every processor.
     */
    static double remaining(long elapsedNanos, long decayNanos) {
        if (elapsedNanos == 0) {
            return 1;
        }
        double base = 1 + (double) elapsedNanos / decayNanos / 64;
        double power2 = base * base;
        double power4 = power2 * power2;
        double power8 = power4 * power4;
        double power16 = power8 * power8;
        double power32 = power16 * power16;
        return 1 / (power32 * power32);
    }
}
