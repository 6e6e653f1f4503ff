package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.EndpointHealth.State;
import io.remora.balancer.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is judged by interval: the arithmetic, and the timer that lasts as long as the traffic. */
class EjectionRulesTest {

    private static final OutlierConfig.SuccessRate NO_RATE = new OutlierConfig.SuccessRate(0, 100, 1900);
    private static final OutlierConfig.FailurePercentage NO_PERCENTAGE = new OutlierConfig.FailurePercentage(0, 2, 20);

    /** Each endpoint as successes/failures; who is ejected, by number. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            100/0 100/0 100/0 100/0 60/40         | 5 | 1900 | 5 | success rate 60.0 %% below 61.6 %% (mean 92.0 %%, 1.9 standard deviations)
            100/0 100/0 100/0 100/0 60/40         | 6 | 1900 | - | -
            100/0 100/0 100/0 100/0 60/39         | 5 | 1900 | - | -
            100/0 100/0 100/0 99/1 100/0          | 5 | 1900 | 4 | success rate 99.0 %% below 99.0 %% (mean 99.8 %%, 1.9 standard deviations)
            100/0 100/0 100/0 100/0 60/40         | 5 | 2100 | - | -
            50/50 50/50 50/50 50/50 50/50         | 5 | 1900 | - | -
            0/100 0/100 100/0 100/0 100/0 100/0   | 5 | 1000 | 1 2 | success rate 0.0 %% below 19.5 %% (mean 66.7 %%, 1.0 standard deviations)
            100/0 100/0 100/0 20/80 0/100         | 5 |  500 | 5 4 | success rate 0.0 %% below 41.7 %% (mean 64.0 %%, 0.5 standard deviations)
            """)
    void successRateIsJudgedAsEnvoyDoes(String tallies, int hosts, int factor, String ejected, String cause) {
        OutlierConfig config = rules(new OutlierConfig.SuccessRate(hosts, 100, factor), NO_PERCENTAGE);

        check(new SuccessRateRule().judge(tallies(tallies), config), ejected, cause);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            10/10 20/0       | 50 | 2 | 1   | 50 %% of 20 picks in 10s failed
            10/9 20/0        | 50 | 2 | -   | -
            11/9 20/0        | 50 | 2 | -   | -
            46/74 120/0      | 50 | 2 | 1   | 61 %% of 120 picks in 10s failed
            10/10 19/0       | 50 | 2 | -   | -
            10/10 19/0       | 50 | 1 | 1   | 50 %% of 20 picks in 10s failed
            5/15 0/20 20/0   | 50 | 2 | 2 1 | 100 %% of 20 picks in 10s failed
            0/20 0/20        |  0 | 2 | -   | -
            """)
    void failurePercentageIsJudgedByItself(String tallies, int threshold, int hosts, String ejected, String cause) {
        OutlierConfig config = rules(NO_RATE, new OutlierConfig.FailurePercentage(threshold, hosts, 20));

        check(new FailurePercentageRule().judge(tallies(tallies), config), ejected, cause);
    }

    private static void check(List<EjectionRule.Verdict> verdicts, String ejected, String cause) {
        String numbers = verdicts.stream()
                .map(verdict -> verdict.endpoint().endpoint().endpoint().ip().toString())
                .map(ip -> ip.substring(ip.lastIndexOf('.') + 1))
                .collect(Collectors.joining(" "));
        assertThat(numbers).isEqualTo(ejected == null ? "" : ejected);
        if (cause != null) {
            assertThat(verdicts.get(0).cause()).isEqualTo(cause.replace("%%", "%"));
        }
    }

    private static List<Tally> tallies(String text) {
        String[] each = text.trim().split(" +", -1);
        HealthFixture fixture = HealthFixture.of(HealthConfig.OFF, each.length);
        int[] number = {0};
        return Arrays.stream(each)
                .map(tally -> tally.split("/", -1))
                .map(tally -> new Tally(
                        (EndpointRecord) fixture.endpoint(++number[0]).health(),
                        Long.parseLong(tally[0]),
                        Long.parseLong(tally[1])))
                .toList();
    }

    @Test
    void theEndOfTheIntervalEjects() {
        HealthFixture fixture = HealthFixture.of(percentage(), 3);
        fixture.complete(2, 20, Outcome.RESET); // the others take their turns meanwhile
        fixture.pick().complete(Outcome.SUCCESS); // the twentieth of another
        fixture.advance("9.999S");
        assertThat(fixture.state(2)).isEqualTo(State.HEALTHY);

        fixture.advance("0.001S");

        assertThat(fixture.state(2)).isEqualTo(State.EJECTED);
        assertThat(fixture.ejection(2).cause()).isEqualTo("100 % of 20 picks in 10s failed");
        assertThat(fixture.events).containsExactly("ejected 2 failure_percentage 1");
    }

    @Test
    void anIntervalKnowsNothingOfTheOneBefore() {
        HealthFixture fixture = HealthFixture.of(percentage(), 2);
        for (int i = 0; i < 10; i++) {
            fixture.complete(1, 19, Outcome.RESET);
            fixture.advance("10S");
        }
        assertThat(fixture.events).isEmpty();
    }

    @Test
    void withoutTrafficThereIsNoTimer() {
        HealthFixture fixture = HealthFixture.of(percentage(), 3);
        assertThat(fixture.clock.isIdle()).isTrue();

        fixture.complete(2, 1, Outcome.SUCCESS);
        assertThat(fixture.clock.isIdle()).isFalse();
        fixture.advance("10S");
        assertThat(fixture.clock.isIdle()).isFalse();
        fixture.advance("10S");
        assertThat(fixture.clock.isIdle()).isTrue();

        fixture.complete(2, 20, Outcome.RESET);
        fixture.complete(1, 20, Outcome.SUCCESS);
        fixture.advance("10S");
        assertThat(fixture.state(2)).isEqualTo(State.EJECTED);
    }

    @Test
    void withoutARuleByIntervalThereIsNoTimerAtAll() {
        HealthFixture fixture = HealthFixture.of(HealthFixture.ROW, 3);

        fixture.complete(2, 30, Outcome.SUCCESS);

        assertThat(fixture.clock.isIdle()).isTrue();
    }

    @Test
    void whatIsEjectedAlreadyIsNotCompared() {
        OutlierConfig config = rules(new OutlierConfig.SuccessRate(5, 10, 1000), NO_PERCENTAGE);
        HealthFixture fixture = HealthFixture.of(HealthConfig.OFF.withOutlier(config), 5);
        fixture.eject(1);
        for (int i = 0; i < 10; i++) {
            fixture.complete(5, 2, Outcome.SLOW);
            fixture.complete(5, 1, Outcome.SUCCESS);
        }
        fixture.advance("10S"); // four of five are not enough to compare

        assertThat(fixture.events).hasSize(1);
    }

    private static HealthConfig percentage() {
        return HealthConfig.OFF.withOutlier(rules(NO_RATE, new OutlierConfig.FailurePercentage(50, 2, 20), 0));
    }

    private static OutlierConfig rules(OutlierConfig.SuccessRate rate, OutlierConfig.FailurePercentage percentage) {
        return rules(rate, percentage, 5);
    }

    private static OutlierConfig rules(
            OutlierConfig.SuccessRate rate, OutlierConfig.FailurePercentage percentage, int consecutive) {
        OutlierConfig row = HealthFixture.IN_ROW;
        return new OutlierConfig(
                true,
                consecutive,
                Duration.ofSeconds(10),
                row.ejectionTime(),
                50,
                50,
                rate,
                percentage,
                OutlierConfig.Comeback.CONNECTION);
    }
}
