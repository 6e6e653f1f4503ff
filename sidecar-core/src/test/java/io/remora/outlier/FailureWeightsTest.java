package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.EndpointHealth.State;
import io.remora.balancer.Outcome;
import io.remora.balancer.Pick;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailureWeightsTest {

    private final HealthFixture fixture = HealthFixture.of(HealthFixture.ROW, 3);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            REFUSED      |  2 | 2 consecutive failures, the last: refused
            UNREACHABLE  |  2 | 2 consecutive failures, the last: unreachable
            RESET        |  5 | 5 consecutive failures, the last: reset
            TIMEOUT      |  5 | 5 consecutive failures, the last: timeout
            SERVER_ERROR |  5 | 5 consecutive failures, the last: server error
            SLOW         | 10 | 10 consecutive failures, the last: slow to connect
            """)
    void soManyOfAKindEjectAndOneLessDoesNot(Outcome outcome, int enough, String cause) {
        fixture.complete(2, enough - 1, outcome);
        assertThat(fixture.state(2)).isEqualTo(State.HEALTHY);

        fixture.complete(2, 1, outcome);

        assertThat(fixture.state(2)).isEqualTo(State.EJECTED);
        assertThat(fixture.ejection(2).cause()).isEqualTo(cause);
        assertThat(fixture.events).containsExactly("ejected 2 consecutive_failures 1");
    }

    @ParameterizedTest
    @EnumSource(names = {"SUCCESS", "CANCELLED", "LOCAL_ERROR"})
    void whatIsNoFailureOfTheEndpointNeverEjects(Outcome outcome) {
        fixture.complete(2, 1_000, outcome);

        assertThat(fixture.state(2)).isEqualTo(State.HEALTHY);
    }

    @ParameterizedTest
    @EnumSource(names = {"CANCELLED", "LOCAL_ERROR"})
    void whatSaysNothingDoesNotEndTheRow(Outcome outcome) {
        fixture.complete(2, 4, Outcome.RESET);
        fixture.complete(2, 3, outcome);
        fixture.complete(2, 1, Outcome.RESET);

        assertThat(fixture.state(2)).isEqualTo(State.EJECTED);
    }

    @Test
    void aSuccessEndsTheRow() {
        for (int i = 0; i < 100; i++) {
            fixture.complete(2, 4, Outcome.RESET);
            fixture.complete(2, 1, Outcome.SUCCESS);
        }
        assertThat(fixture.events).isEmpty();
    }

    @Test
    void theFirstAnswerIsTheSuccessHoweverTheConnectionEnds() {
        for (int i = 0; i < 100; i++) {
            Pick pick = fixture.pick(2);
            pick.answered(1_000, fixture.clock.read());
            pick.complete(Outcome.RESET);
        }
        assertThat(fixture.events).isEmpty();
    }

    @Test
    void kindsAddUp() {
        fixture.complete(2, 1, Outcome.REFUSED); // 5 halves
        fixture.complete(2, 2, Outcome.TIMEOUT); // 9
        assertThat(fixture.state(2)).isEqualTo(State.HEALTHY);
        fixture.complete(2, 1, Outcome.SLOW);

        assertThat(fixture.ejection(2).cause()).isEqualTo("4 consecutive failures, the last: slow to connect");
    }

    @Test
    void picksThatFailAfterTheEjectionChangeNothing() {
        fixture.completeAtOnce(2, 50, Outcome.REFUSED);

        assertThat(fixture.events).isEqualTo(List.of("ejected 2 consecutive_failures 1"));
        fixture.advance("30S");
        fixture.complete(2, 1, Outcome.SUCCESS);
        fixture.complete(2, 1, Outcome.REFUSED);
        assertThat(fixture.state(2)).isEqualTo(State.HEALTHY);
    }

    @Test
    void zeroTurnsTheRuleOff() {
        OutlierConfig on = HealthFixture.IN_ROW;
        OutlierConfig off = new OutlierConfig(
                true,
                0,
                on.interval(),
                on.ejectionTime(),
                50,
                50,
                on.successRate(),
                on.failurePercentage(),
                on.comeback());
        HealthFixture tolerant = HealthFixture.of(HealthConfig.OFF.withOutlier(off), 2);

        tolerant.complete(1, 1_000, Outcome.REFUSED);

        assertThat(tolerant.state(1)).isEqualTo(State.HEALTHY);
    }
}
