package io.remora.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerConfig.Retry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void itIsFullAtTheBeginning() {
        RetryBudget budget = new RetryBudget(new Retry(0, 10), 0);

        assertThat(withdraw(budget, 200, 0)).isEqualTo(100);
    }

    @Test
    void whoAsksInVainSaysWhatCounts() {
        RetryBudget budget = new RetryBudget(new Retry(0, 0), 0);

        assertThat(withdraw(budget, 3, 0)).isZero();
        assertThat(budget.exhausted()).isZero();
        budget.denied();
        assertThat(budget.exhausted()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5_000_000_000L, Long.MAX_VALUE - 1_000_000_000})
    void secondsBringTheirOwnWhateverTheClockBeganWith(long start) {
        RetryBudget budget = new RetryBudget(new Retry(0, 10), start);
        withdraw(budget, 100, start);

        assertThat(withdraw(budget, 100, start + SECOND)).isEqualTo(10);
        assertThat(withdraw(budget, 100, start + SECOND + SECOND / 2)).isEqualTo(5);
        assertThat(withdraw(budget, 200, start + 1_000 * SECOND)).isEqualTo(100);
    }

    @Test
    void aClockThatStandsStillBringsNothing() {
        RetryBudget budget = new RetryBudget(new Retry(0, 10), SECOND);
        withdraw(budget, 100, SECOND);

        assertThat(budget.tryWithdraw(SECOND)).isFalse();
        assertThat(budget.tryWithdraw(0)).isFalse();
    }

    @Test
    void connectionsPayAPartOfAnAttempt() {
        RetryBudget budget = new RetryBudget(new Retry(20, 0), 0);
        deposit(budget, 50);

        assertThat(withdraw(budget, 100, 0)).isEqualTo(10);
        deposit(budget, 4);
        assertThat(budget.tryWithdraw(0)).isFalse();
        deposit(budget, 1);
        assertThat(budget.tryWithdraw(0)).isTrue();
    }

    @Test
    void whatIsPaidInIsBounded() {
        RetryBudget budget = new RetryBudget(new Retry(100, 10), 0);
        deposit(budget, 1_000_000);

        assertThat(withdraw(budget, 1_000_000, 0)).isEqualTo(200);
    }

    @Test
    void anotherConfigurationHoldsFromThenOn() {
        RetryBudget budget = new RetryBudget(new Retry(0, 0), 0);
        assertThat(budget.tryWithdraw(SECOND)).isFalse();

        budget.config(new Retry(100, 0));
        budget.deposit();

        assertThat(budget.tryWithdraw(SECOND)).isTrue();
        assertThat(budget.tryWithdraw(SECOND)).isFalse();
    }

    private static void deposit(RetryBudget budget, int connections) {
        for (int i = 0; i < connections; i++) {
            budget.deposit();
        }
    }

    private static int withdraw(RetryBudget budget, int attempts, long now) {
        int made = 0;
        for (int i = 0; i < attempts; i++) {
            made += budget.tryWithdraw(now) ? 1 : 0;
        }
        return made;
    }
}
