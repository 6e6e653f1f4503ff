package io.remora.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettlementTest {

    private final Settlement settlement = new Settlement();

    @Test
    void interestsOfBeforeAndAfterAreSettled() {
        Interest before = settlement.interest();
        assertThat(before.settled().toCompletableFuture()).isNotDone();

        settlement.settle();

        assertThat(before.settled().toCompletableFuture()).isCompleted();
        assertThat(settlement.interest().settled().toCompletableFuture()).isCompleted();
        assertThat(settlement.waiting()).isZero();
    }

    @Test
    void closedInterestsLeaveNothingBehindWhileNothingSettlesThem() {
        for (int i = 0; i < 1_000; i++) {
            Interest interest = settlement.interest();
            interest.settled().thenRun(() -> {});
            interest.close();
        }

        assertThat(settlement.waiting()).isZero();
    }
}
