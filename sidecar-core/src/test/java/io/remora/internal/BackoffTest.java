package io.remora.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MAX = Duration.ofSeconds(5);

    private final Backoff backoff = new Backoff(FIRST, MAX, new Random(1));

    @Test
    void delaysDoubleUpToTheLargestAndAreJitteredInTheirUpperHalf() {
        long ceiling = FIRST.toNanos();
        for (int i = 0; i < 200; i++) {
            assertThat(backoff.next().toNanos()).isBetween(ceiling / 2, ceiling);
            ceiling = Math.min(MAX.toNanos(), ceiling * 2);
        }
    }

    @Test
    void startsOverAfterASuccess() {
        for (int i = 0; i < 10; i++) {
            backoff.next();
        }

        backoff.reset();

        assertThat(backoff.next()).isLessThanOrEqualTo(FIRST);
    }

    @Test
    void refusesDelaysThatCannotGrow() {
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, MAX, new Random(1))).hasMessageContaining("0 < first");
        assertThatThrownBy(() -> new Backoff(MAX, FIRST, new Random(1))).hasMessageContaining("first <= max");
    }
}
