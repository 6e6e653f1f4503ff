package io.remora.outlier;

import java.time.Duration;

/**
 * Outlier detection, in the words of Envoy's {@code OutlierDetection}. Immutable and validated.
 *
 * @param enabled whether endpoints are ejected by what the traffic shows
 * @param consecutiveFailures that many in a row eject an endpoint ({@code consecutive_5xx}); 0 turns the rule off. A
 *     failure weighs by its kind, see {@link FailureWeights}
 * @param interval in which success rate and failure percentage are counted
 * @param ejectionTime how long an endpoint is ejected
 * @param maxEjectionPercent of the eligible endpoints at most are ejected, but always one where there are two or more
 * @param panicPercent if fewer of the eligible endpoints are usable, all of them are used; 0 turns that off
 * @param successRate against the other endpoints
 * @param failurePercentage by itself
 * @param comeback what an endpoint must do after its time of ejection
 */
public record OutlierConfig(
        boolean enabled,
        int consecutiveFailures,
        Duration interval,
        EjectionTime ejectionTime,
        int maxEjectionPercent,
        int panicPercent,
        SuccessRate successRate,
        FailurePercentage failurePercentage,
        Comeback comeback) {

    /** Chosen by the simulation; see docs/simulation. */
    public static final OutlierConfig DEFAULT = new OutlierConfig(
            true,
            3,
            Duration.ofSeconds(10),
            EjectionTime.DEFAULT,
            100,
            30,
            SuccessRate.DEFAULT,
            FailurePercentage.DEFAULT,
            Comeback.CONNECTION);

    /** Nothing is ejected. */
    public static final OutlierConfig OFF = new OutlierConfig(
            false,
            0,
            Duration.ofSeconds(10),
            EjectionTime.DEFAULT,
            0,
            0,
            SuccessRate.DEFAULT,
            FailurePercentage.DEFAULT,
            Comeback.CONNECTION);

    public OutlierConfig {
        if (consecutiveFailures < 0) {
            throw new IllegalArgumentException("consecutive failures must be 0 (off) or more: " + consecutiveFailures);
        }
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("the interval of outlier detection must be 1 ms at least: " + interval);
        }
        requirePercent("the largest part that is ejected", maxEjectionPercent);
        requirePercent("the panic threshold", panicPercent);
    }

    private static void requirePercent(String what, int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException(what + " must be 0-100 %: " + percent);
        }
    }

    /**
     * The time of ejection: {@code base} times how often in a row the endpoint was ejected, up to {@code max}, and a random
     * part of {@code jitter} more. The count falls by one with every base time that the endpoint is not ejected.
     */
    public record EjectionTime(Duration base, Duration max, Duration jitter) {

        /** Chosen by the simulation. */
        public static final EjectionTime DEFAULT =
                new EjectionTime(Duration.ofSeconds(10), Duration.ofSeconds(300), Duration.ofSeconds(1));

        public EjectionTime {
            if (base.toMillis() < 1) {
                throw new IllegalArgumentException("the base time of ejection must be 1 ms at least: " + base);
            }
            if (max.compareTo(base) < 0) {
                throw new IllegalArgumentException(
                        "the longest time of ejection must not be below the base time " + base + ": " + max);
            }
            if (jitter.isNegative()) {
                throw new IllegalArgumentException("the jitter of ejection must not be negative: " + jitter);
            }
        }
    }

    /**
     * Ejects an endpoint whose success rate is below the mean of all by so many standard deviations.
     *
     * @param minimumHosts with the volume, below which there is nothing to compare; 0 turns the rule off
     * @param requestVolume picks of an endpoint in the interval, below which it is not judged
     * @param stdevFactor in thousandths
     */
    public record SuccessRate(int minimumHosts, int requestVolume, int stdevFactor) {

        /** Envoy's. */
        public static final SuccessRate DEFAULT = new SuccessRate(5, 100, 1900);

        public SuccessRate {
            if (minimumHosts < 0 || requestVolume < 1 || stdevFactor < 0) {
                throw new IllegalArgumentException(
                        "success rate: minimum hosts and the factor must not be negative, the "
                                + "volume must be positive: " + minimumHosts + ", " + stdevFactor + ", "
                                + requestVolume);
            }
        }
    }

    /**
     * Ejects an endpoint of whose picks in the interval so many failed.
     *
     * @param threshold in percent; 0 turns the rule off
     * @param minimumHosts with the volume, below which it is not applied
     * @param requestVolume picks of an endpoint in the interval, below which it is not judged
     */
    public record FailurePercentage(int threshold, int minimumHosts, int requestVolume) {

        /** Chosen by the simulation; Envoy has 85, 5 and 50, and does not enforce it. */
        public static final FailurePercentage DEFAULT = new FailurePercentage(50, 2, 10);

        public FailurePercentage {
            // Not by a method of the class around it: whose constants would be made then, without this one's.
            if (threshold < 0 || threshold > 100) {
                throw new IllegalArgumentException("the failure percentage must be 0-100 %: " + threshold);
            }
            if (minimumHosts < 0 || requestVolume < 1) {
                throw new IllegalArgumentException("failure percentage: minimum hosts must not be negative, the volume "
                        + "must be positive: " + minimumHosts + ", " + requestVolume);
            }
        }
    }

    /** What decides, after the time of ejection, whether an endpoint comes back. */
    public enum Comeback {
        /** One connection of a client at a time, until one is answered. */
        CONNECTION("connection"),
        /** A probe; it must be configured, or it is a TCP connect. */
        PROBE("probe");

        private final String text;

        Comeback(String text) {
            this.text = text;
        }

        /** The name in settings. */
        public String text() {
            return text;
        }
    }
}
