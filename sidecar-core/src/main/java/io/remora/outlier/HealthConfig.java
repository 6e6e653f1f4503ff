package io.remora.outlier;

/**
 * How the health of one Destination's endpoints is found out. Immutable and validated.
 *
 * @param outlier ejection by what the traffic shows
 * @param breaker resilience4j circuit breakers
 * @param probe active probes
 */
public record HealthConfig(OutlierConfig outlier, BreakerConfig breaker, ProbeConfig probe) {

    /** Outlier detection alone. */
    public static final HealthConfig DEFAULT =
            new HealthConfig(OutlierConfig.DEFAULT, BreakerConfig.OFF, ProbeConfig.OFF);

    /** Nothing is ever ejected. */
    public static final HealthConfig OFF = new HealthConfig(OutlierConfig.OFF, BreakerConfig.OFF, ProbeConfig.OFF);

    /** Returns this configuration with another outlier detection. */
    public HealthConfig withOutlier(OutlierConfig other) {
        return new HealthConfig(other, breaker, probe);
    }

    /** Returns this configuration with other breakers. */
    public HealthConfig withBreaker(BreakerConfig other) {
        return new HealthConfig(outlier, other, probe);
    }

    /** Returns this configuration with other probes. */
    public HealthConfig withProbe(ProbeConfig other) {
        return new HealthConfig(outlier, breaker, other);
    }
}
