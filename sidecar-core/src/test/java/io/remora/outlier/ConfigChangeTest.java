package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.EndpointHealth.State;
import io.remora.balancer.Outcome;
import io.remora.discovery.Endpoint;
import io.remora.registry.Services;
import org.junit.jupiter.api.Test;

class ConfigChangeTest {

    private final Endpoint[] three = HealthFixture.some(3);
    private final HealthFixture fixture = new HealthFixture(HealthFixture.ROW, three);
    private int turn;

    @Test
    void turningItOffGivesEverythingBack() {
        fixture.eject(1);

        change(HealthConfig.OFF);

        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
        assertThat(fixture.balancer().candidates().usable()).hasSize(3);
        assertThat(fixture.events).endsWith("returned 1 1");
        assertThat(fixture.clock.isIdle()).isTrue();
        fixture.complete(1, 50, Outcome.REFUSED);
        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
    }

    @Test
    void turnedOnAgainItCountsFromNothing() {
        fixture.complete(1, 1, Outcome.REFUSED);
        change(HealthConfig.OFF);
        fixture.complete(1, 1, Outcome.SUCCESS);
        change(HealthFixture.ROW);

        fixture.complete(1, 1, Outcome.REFUSED);
        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
        fixture.complete(1, 1, Outcome.REFUSED);
        assertThat(fixture.state(1)).isEqualTo(State.EJECTED);
    }

    @Test
    void anotherUpdateUnderTheSameConfigurationKeepsEverything() {
        fixture.complete(2, 1, Outcome.REFUSED);
        fixture.eject(1);
        long until = fixture.ejection(1).untilNanos();

        change(HealthFixture.ROW);

        assertThat(fixture.ejection(1).untilNanos()).isEqualTo(until);
        fixture.advance("30S");
        assertThat(fixture.state(1)).isEqualTo(State.TRIAL);
    }

    @Test
    void aLowerLimitHoldsFromTheNextEjection() {
        fixture.complete(1, 4, Outcome.RESET);
        change(HealthConfig.OFF.withOutlier(consecutive(2)));
        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);

        fixture.complete(1, 1, Outcome.RESET);

        assertThat(fixture.ejection(1).cause()).isEqualTo("5 consecutive failures, the last: reset");
    }

    @Test
    void probesStartAndStop() {
        change(HealthFixture.ROW.withProbe(ProbeTest.TCP));
        fixture.advance("10S");
        assertThat(fixture.probes).hasSize(3);

        change(HealthFixture.ROW);
        fixture.answerProbes(Prober.Result.UNHEALTHY);
        fixture.advance("60S");

        assertThat(fixture.probes).hasSize(3);
        assertThat(fixture.clock.isIdle()).isTrue();
    }

    @Test
    void breakersComeAndGo() {
        change(HealthFixture.ROW.withBreaker(BreakerTest.PER_ENDPOINT));
        assertThat(fixture.breakers.getAllCircuitBreakers()).hasSize(4);

        change(HealthFixture.ROW);

        assertThat(fixture.breakers.getAllCircuitBreakers()).isEmpty();
    }

    /** The registry tells only what differs, so another endpoint comes and goes. */
    private void change(HealthConfig newer) {
        Endpoint[] more = {three[0], three[1], three[2], Services.endpoint("10.0.9." + ++turn, false, false, false)};
        fixture.reconfigure(newer, more);
    }

    private static OutlierConfig consecutive(int failures) {
        OutlierConfig row = HealthFixture.IN_ROW;
        return new OutlierConfig(
                true,
                failures,
                row.interval(),
                row.ejectionTime(),
                50,
                50,
                row.successRate(),
                row.failurePercentage(),
                row.comeback());
    }
}
