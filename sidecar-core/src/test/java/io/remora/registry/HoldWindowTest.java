package io.remora.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HoldWindowTest {

    private final HoldWindow window = new HoldWindow(300);

    @Test
    void aConnectionWaitsForTheHoldTime() {
        assertThat(window.begin(1000)).isEqualTo(300);
        assertThat(window.left(1000, 1300)).isZero();
    }

    @Test
    void whileNothingIsAnsweredAllWaitTogetherForTheHoldTimeOnce() {
        window.begin(1000);
        assertThat(window.begin(1250)).isEqualTo(50);
        assertThat(window.left(1250, 1300)).isZero();
        assertThat(window.begin(1400)).as("does not wait").isNegative();
    }

    @Test
    void anAnswerMeansThatTheOthersMayWaitOnButNoneLongerThanTheHoldTime() {
        window.begin(1000);
        window.begin(1250);
        window.end();
        window.answered(1290);
        assertThat(window.left(1250, 1300)).isEqualTo(250);
        window.answered(1500);
        assertThat(window.left(1250, 1550)).isZero();
    }

    @Test
    void onceNobodyWaitsTheNextOneWaitsFully() {
        window.begin(1000);
        window.end();
        assertThat(window.begin(9000)).isEqualTo(300);
    }

    @Test
    void noReadingOfTheClockIsSpecial() {
        assertThat(window.begin(Long.MAX_VALUE - 100)).isEqualTo(300);
        assertThat(window.left(Long.MAX_VALUE - 100, Long.MIN_VALUE + 99)).isEqualTo(100);
    }
}
