package io.remora.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerPolicy;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Remora claims, held against what the simulation shows of the default policy. */
class SimulationJudgementTest {

    private static final List<Strategy> BASELINES = List.of(Strategy.KUBE_PROXY, Strategy.ROUND_ROBIN);

    /** The trial is a connection of a client, which has to come first. */
    private static final double NEXT_CONNECTION_SECONDS = 2;

    private final Results results = Suite.all();

    static Stream<Scenario> scenarios() {
        return Scenarios.ALL.stream();
    }

    static Stream<Scenario> oneSick() {
        return Stream.of(
                        "failing-fast",
                        "black-hole",
                        "one-of-two-refusing",
                        "one-of-two-black-hole",
                        "one-of-two-resetting")
                .map(Scenarios::named);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void theDefaultBeatsRandomAndRoundRobinAndLosesToNeither(Scenario scenario) {
        Cell mine = results.cell(scenario, Strategy.DEFAULT);
        for (Strategy baseline : BASELINES) {
            Cell plain = results.cell(scenario, baseline);
            Estimate success = mine.successAbove(plain);
            Estimate p99 = mine.p99Above(plain);
            assertThat(mine.successRate().isAbove(plain.successRate())
                            || plain.p99Ms().isAbove(mine.p99Ms()))
                    .as(
                            "better than %s, interval against interval: success %s, %s; p99 %s, %s",
                            baseline.name(), mine.successRate(), plain.successRate(), mine.p99Ms(), plain.p99Ms())
                    .isTrue();
            assertThat(success.high() < 0 || p99.low() > 0)
                    .as("worse, seed by seed, than %s: success %s, p99 %s", baseline.name(), success, p99)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("oneSick")
    void aSickEndpointCostsLessThanOnePercentOnceItIsDetected(Scenario scenario) {
        for (RunResult run : results.cell(scenario, Strategy.DEFAULT).runs()) {
            assertThat(run.ejections()).isPositive();
            assertThat(run.failedAfterDetection()).isLessThan(0.01);
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void whatHealsIsBackWithinOneTimeOfEjection(Scenario scenario) {
        for (RunResult run : results.cell(scenario, Strategy.DEFAULT).runs()) {
            if (run.ejections() > 0 && !Double.isNaN(run.recoverySeconds())) {
                assertThat(run.recoverySeconds())
                        .isLessThanOrEqualTo(run.longestEjectionSeconds() + NEXT_CONNECTION_SECONDS);
            }
        }
    }

    @Test
    void theDefaultPolicyIsTheBestOverAll() {
        assertThat(Ranking.of(results).get(0).policy()).isEqualTo(BalancerPolicy.DEFAULT.text());
    }
}
