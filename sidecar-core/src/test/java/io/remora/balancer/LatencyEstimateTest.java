package io.remora.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyEstimateTest {

    private static final long DECAY = Duration.ofSeconds(10).toNanos();
    private static final double RATE = LatencyEstimate.rate(DECAY);
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    @Test
    void aHigherSampleReplacesTheAverageAtOnce() {
        long estimate = LatencyEstimate.add(LatencyEstimate.UNKNOWN, 5 * MILLI, SECOND, RATE);
        estimate = LatencyEstimate.add(estimate, 80 * MILLI, SECOND, RATE);

        assertThat(LatencyEstimate.read(estimate, SECOND, RATE)).isCloseTo(80.0 * MILLI, within(10.0));
    }

    @Test
    void aLowerSamplePullsItDownByTheTimeThatWentBy() {
        long estimate = LatencyEstimate.add(LatencyEstimate.UNKNOWN, 100 * MILLI, 0, RATE);
        long later = LatencyEstimate.add(estimate, 10 * MILLI, DECAY, RATE);

        double expected = 10 * MILLI + 90 * MILLI / Math.E;
        assertThat(LatencyEstimate.read(later, DECAY, RATE)).isCloseTo(expected, within(0.01 * expected));
        assertThat(LatencyEstimate.read(LatencyEstimate.add(estimate, 10 * MILLI, 0, RATE), 0, RATE))
                .isCloseTo(100.0 * MILLI, within(10.0));
    }

    @Test
    void itFadesWhileNothingIsMeasured() {
        long estimate = LatencyEstimate.add(LatencyEstimate.UNKNOWN, 100 * MILLI, 0, RATE);

        double afterOne = LatencyEstimate.read(estimate, DECAY, RATE);
        assertThat(afterOne).isCloseTo(100 * MILLI / Math.E, within(0.01 * afterOne));
        assertThat(LatencyEstimate.read(estimate, 10 * DECAY, RATE)).isLessThan(0.0001 * 100 * MILLI);
        assertThat(LatencyEstimate.read(estimate, 100 * DECAY, RATE)).isZero();
    }

    @Test
    void microsecondsCount() {
        long estimate = LatencyEstimate.add(LatencyEstimate.UNKNOWN, 7_000, 0, RATE);

        assertThat(LatencyEstimate.read(estimate, 0, RATE)).isEqualTo(7_000);
    }

    @Test
    void aMeasuredZeroIsNotUnknown() {
        assertThat(LatencyEstimate.add(LatencyEstimate.UNKNOWN, 0, 0, RATE)).isNotEqualTo(LatencyEstimate.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE - 5})
    void theClockMayStartAnywhereAndGoRound(long start) {
        long estimate = LatencyEstimate.add(LatencyEstimate.UNKNOWN, 100 * MILLI, start, RATE);

        double read = LatencyEstimate.read(estimate, start + DECAY, RATE);
        assertThat(read).isCloseTo(100 * MILLI / Math.E, within(0.02 * read));
    }

    @Test
    void aReadingFromBeforeTheSampleIsNow() {
        long estimate = LatencyEstimate.add(LatencyEstimate.UNKNOWN, 100 * MILLI, 5 * SECOND, RATE);

        assertThat(LatencyEstimate.read(estimate, 0, RATE)).isCloseTo(100.0 * MILLI, within(10.0));
    }

    @Test
    void theFractionThatRemainsIsNearlyTheExponential() {
        long estimate = LatencyEstimate.add(LatencyEstimate.UNKNOWN, SECOND, 0, RATE);
        for (int percent = 0; percent <= 300; percent++) {
            double read = LatencyEstimate.read(estimate, DECAY / 100 * percent, RATE);
            assertThat(read / SECOND).isCloseTo(StrictMath.exp(-percent / 100.0), within(0.01));
        }
    }
}
