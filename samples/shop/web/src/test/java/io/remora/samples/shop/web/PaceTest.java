package io.remora.samples.shop.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long MILLI = 1_000_000;
    private static final Duration UNSEEN = Duration.ofMinutes(5);

    @Test
    void requestsAreDueAtTheRate() {
        Pace pace = new Pace(50, UNSEEN, 0);
        int due = 0;
        for (long now = 0; now < 1000 * MILLI; now += MILLI) {
            due += pace.due(now);
        }
        assertThat(due).isEqualTo(50);
        assertThat(pace.untilNext(990 * MILLI)).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void whatALongPauseMissedIsNotMadeUpFor() {
        Pace pace = new Pace(200, UNSEEN, 0);
        assertThat(pace.due(0)).isEqualTo(1);
        assertThat(pace.due(10_000 * MILLI)).isEqualTo(20);
        assertThat(pace.due(10_000 * MILLI)).isZero();
    }

    @Test
    void theRateIsBounded() {
        Pace pace = new Pace(0, UNSEEN, 0);
        assertThat(pace.due(5 * MILLI)).isZero();
        pace.rate(1_000_000, 0);
        assertThat(pace.rate(0)).isEqualTo(200);
        pace.rate(-1, 0);
        assertThat(pace.rate(0)).isZero();
    }

    @Test
    void itEndsWhenNobodyHasLookedForLong() {
        Pace pace = new Pace(10, UNSEEN, 0);
        long later = UNSEEN.toNanos() - MILLI;
        assertThat(pace.left(later)).isEqualTo(Duration.ofMillis(1));
        pace.seen(later);
        assertThat(pace.rate(UNSEEN.toNanos() + MILLI)).isEqualTo(10);
        assertThat(pace.rate(later + UNSEEN.toNanos() + MILLI)).isZero();
        pace.seen(later + UNSEEN.toNanos() + 2 * MILLI);
        assertThat(pace.due(later + UNSEEN.toNanos() + 3 * MILLI))
                .as("a new look alone starts nothing")
                .isZero();
    }
}
