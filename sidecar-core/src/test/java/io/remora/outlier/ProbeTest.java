package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.EndpointHealth.State;
import io.remora.balancer.Outcome;
import io.remora.outlier.Prober.Result;
import io.remora.registry.Services;
import java.time.Duration;
import org.junit.jupiter.api.Test;

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

    private void round(Result result) {
        fixture.advance("10S");
        fixture.answerProbes(result);
    }
}
