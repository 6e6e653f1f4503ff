package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.balancer.EndpointHealth.State;
import io.remora.balancer.Outcome;
import io.remora.outlier.Prober.Result;
import io.remora.registry.Services;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeTest {

    static final ProbeConfig TCP =
            new ProbeConfig(ProbeConfig.Kind.TCP, "/", Duration.ofSeconds(10), Duration.ofSeconds(1), 3, 2);

    private final HealthFixture fixture = HealthFixture.of(HealthFixture.ROW.withProbe(TCP), 2);

    @Test
    void everyEndpointIsProbedOnceAnIntervalAtItsOwnTime() {
        for (int i = 0; i < 10; i++) {
            fixture.advance("5S");
            fixture.answerProbes(Result.HEALTHY);
            fixture.advance("5S");
            fixture.answerProbes(Result.HEALTHY);
        }
        assertThat(fixture.probes).hasSizeBetween(18, 20).contains("tcp 10.0.0.1", "tcp 10.0.0.2");
        assertThat(fixture.events).isEmpty();
    }

    @Test
    void aProbeUnderWayIsNotFollowedByAnother() {
        fixture.advance("100S");

        assertThat(fixture.probes).hasSize(2);
    }

    @Test
    void soManyFailuresInARowEjectAndSoManySuccessesBringBack() {
        round(Result.UNHEALTHY);
        round(Result.UNHEALTHY);
        assertThat(fixture.events).isEmpty();

        round(Result.UNHEALTHY);
        assertThat(fixture.events).anyMatch(event -> event.matches("ejected [12] probe 1"));
        int out = fixture.state(1) == State.EJECTED ? 1 : 2;
        assertThat(fixture.ejection(out).cause()).isEqualTo("3 probes in a row failed: tcp connect within 1s");
        assertThat(fixture.ejection(out).untilNanos() - fixture.ejection(out).sinceNanos())
                .isEqualTo(Duration.ofSeconds(20).toNanos());

        round(Result.HEALTHY);
        assertThat(fixture.state(out)).isEqualTo(State.EJECTED);
        round(Result.UNHEALTHY);
        round(Result.HEALTHY);
        assertThat(fixture.state(out)).isEqualTo(State.EJECTED);
        round(Result.HEALTHY);
        assertThat(fixture.state(out)).isEqualTo(State.HEALTHY);
        assertThat(fixture.events).endsWith("returned " + out + " 1");
    }

    @Test
    void whatSaysNothingCountsAsNothing() {
        for (int i = 0; i < 5; i++) {
            round(Result.UNKNOWN);
        }
        round(Result.UNHEALTHY);
        round(Result.UNHEALTHY);
        round(Result.UNKNOWN);
        assertThat(fixture.events).isEmpty();
        round(Result.UNHEALTHY);
        assertThat(fixture.events).isNotEmpty();
    }

    @Test
    void onlyWhatIsEligibleIsProbed() {
        fixture.update(HealthFixture.some(1)[0], Services.endpoint("10.0.0.2", false, false, false));

        for (int i = 0; i < 3; i++) {
            round(Result.HEALTHY);
        }

        assertThat(fixture.probes).hasSize(3).containsOnly("tcp 10.0.0.1");
    }

    @Test
    void whatTheTrafficEjectedComesBackByItsTrialUnlessProbesFail() {
        fixture.eject(1);
        for (int i = 0; i < 3; i++) {
            round(Result.HEALTHY);
        }
        assertThat(fixture.state(1)).isEqualTo(State.TRIAL);
        for (int i = 0; i < 3; i++) {
            round(Result.UNHEALTHY);
        }
        assertThat(fixture.state(1)).isEqualTo(State.EJECTED);
        assertThat(fixture.ejection(1).cause()).startsWith("3 probes in a row failed");
        round(Result.HEALTHY);
        round(Result.HEALTHY);
        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
    }

    @Test
    void nothingIsProbedAfterTheEnd() {
        fixture.advance("10S");
        fixture.remove();
        fixture.answerProbes(Result.UNHEALTHY);

        assertThat(fixture.clock.isIdle()).isTrue();
        fixture.end();
        assertThat(fixture.isProberClosed()).isTrue();
    }

    @Test
    void withoutProbesNoProberIsMade() {
        HealthFixture plain = HealthFixture.of(HealthFixture.ROW, 2);
        plain.complete(1, 1, Outcome.SUCCESS);
        plain.end();

        assertThat(plain.isProberClosed()).isFalse();
    }

    @Test
    void aProberThatThrowsSaysNothingAndIsAskedAgain() {
        for (int i = 0; i < 3; i++) {
            round(Result.UNHEALTHY);
        }
        int out = fixture.state(1) == State.EJECTED ? 1 : 2;
        fixture.proberThrows = true;
        int before = fixture.probes.size();
        fixture.advance("100S");
        assertThat(fixture.probes).hasSizeBetween(before + 18, before + 20);
        assertThat(fixture.state(out)).isEqualTo(State.EJECTED);

        fixture.proberThrows = false;
        round(Result.HEALTHY);
        round(Result.HEALTHY);
        round(Result.HEALTHY);

        assertThat(fixture.state(out)).isEqualTo(State.HEALTHY);
    }

    @Test
    void aProberThatThrowsDoesNotKeepOneOutWhoseProbeIsToDecide() {
        OutlierConfig in = HealthFixture.IN_ROW;
        HealthFixture decided = HealthFixture.of(
                HealthConfig.OFF.withOutlier(new OutlierConfig(
                        true,
                        in.consecutiveFailures(),
                        in.interval(),
                        in.ejectionTime(),
                        in.maxEjectionPercent(),
                        in.panicPercent(),
                        in.successRate(),
                        in.failurePercentage(),
                        OutlierConfig.Comeback.PROBE)),
                2);
        decided.proberThrows = true;
        decided.eject(1);
        decided.advance("33S");
        assertThat(decided.state(1)).isEqualTo(State.EJECTED);
        assertThat(decided.probes).hasSize(4);

        decided.proberThrows = false;
        decided.advance("1S");
        decided.answerProbes(Result.HEALTHY);

        assertThat(decided.state(1)).isEqualTo(State.HEALTHY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a|b", "/{x}", "/100%", "/a b"})
    void aPathThatCannotStandInAUrlIsRefused(String path) {
        assertThatThrownBy(() -> new ProbeConfig(
                        ProbeConfig.Kind.HTTP, path, Duration.ofSeconds(10), Duration.ofSeconds(1), 3, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the path of an HTTP probe must be percent-encoded, such as /a%20b for \"/a b\": " + path);
    }

    private void round(Result result) {
        fixture.advance("10S");
        fixture.answerProbes(result);
    }
}
