package io.remora.balancer;

import java.time.Duration;

/**
 * How much of its share an endpoint gets after its slow start began: a straight line from the least part to all of it.
 * Immutable.
 */
final class SlowStartRamp {

    private final long windowNanos;
    private final double least;

    SlowStartRamp(BalancerConfig.SlowStart config) {
        this.windowNanos = config.window().compareTo(Duration.ofNanos(Long.MAX_VALUE / 4)) < 0
                ? config.window().toNanos()
                : Long.MAX_VALUE / 4;
        this.least = config.minWeightPercent() / 100.0;
    }

    boolean isOff() {
        return windowNanos == 0 || least == 1;
    }

    /** When a slow start is over. */
    long end(long sinceNanos) {
        return sinceNanos + windowNanos;
    }

    /**
     * Returns the part of its share that an endpoint gets, up to 1.
     *
     * @param sinceNanos as {@link EndpointState#slowStartNanos()}
     */
    double part(long sinceNanos, long nowNanos) {
        if (sinceNanos == EndpointState.NO_SLOW_START) {
            return 1;
        }
        long elapsed = nowNanos - sinceNanos;
        if (elapsed >= windowNanos) {
            return 1;
        }
        return elapsed <= 0 ? least : least + (1 - least) * elapsed / windowNanos;
    }
}
