package io.remora.internal;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with jitter: the n-th delay is drawn evenly from the upper half of {@code min(max, first * 2^n)},
 * so that many agents which lost the same API server do not come back at the same moment. Not thread-safe: one owner.
 */
public final class Backoff {

    private final long firstNanos;
    private final long maxNanos;
    private final RandomGenerator random;
    private int failures;

    /**
     * @param first the largest first delay, more than zero
     * @param max the largest delay, at least {@code first}
     * @param random where the jitter comes from
     */
    public Backoff(Duration first, Duration max, RandomGenerator random) {
        if (first.isNegative() || first.isZero() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException("back-off needs 0 < first <= max: first " + first + ", max " + max);
        }
        this.firstNanos = first.toNanos();
        this.maxNanos = max.toNanos();
        this.random = random;
    }

    /** Returns the delay before the next attempt and counts one failure. */
    public Duration next() {
        // 62 doublings overflow a long whatever the first delay is.
        long ceiling = failures >= 62 || firstNanos > maxNanos >> failures ? maxNanos : firstNanos << failures;
        failures++;
        long half = ceiling / 2;
        return Duration.ofNanos(half + random.nextLong(ceiling - half + 1));
    }

    /** Starts again with the first delay, after a success. */
    public void reset() {
        failures = 0;
    }
}
