package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.EndpointHealth.State;
import io.remora.balancer.Outcome;
import io.remora.balancer.Pick;
import io.remora.discovery.Endpoint;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.outlier.Prober.Result;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way back: one pick at a time, or a probe. */
class TrialTest {

    private static final String EJECTED = "ejected 1 consecutive_failures 1";

    private final HealthFixture fixture = HealthFixture.of(HealthFixture.ROW, 3);

    @BeforeEach
    void eject() {
        fixture.eject(1);
    }

    @Test
    void theTimeAloneBringsTheTrialWithoutAnyPick() {
        fixture.advance("29.999S");
        assertThat(fixture.state(1)).isEqualTo(State.EJECTED);
        assertThat(fixture.balancer().candidates().trials()).isEmpty();

        fixture.advance("0.001S");

        assertThat(fixture.state(1)).isEqualTo(State.TRIAL);
        assertThat(fixture.balancer().candidates().trials()).containsExactly(fixture.endpoint(1));
        assertThat(fixture.balancer().candidates().usable()).doesNotContain(fixture.endpoint(1));
        assertThat(fixture.ejection(1).untilNanos()).isEqualTo(fixture.clock.read());
    }

    @Test
    void onePickAtATimeIsTheTrial() {
        fixture.advance("30S");
        Pick trial = fixture.pick();
        assertThat(trial.isTrial()).isTrue();
        assertThat(trial.endpoint()).isSameAs(fixture.endpoint(1));

        for (int i = 0; i < 20; i++) {
            Pick other = fixture.pick();
            assertThat(other.isTrial()).isFalse();
            assertThat(other.endpoint()).isNotSameAs(fixture.endpoint(1));
        }
        trial.answered(1, fixture.clock.read());

        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
        assertThat(fixture.balancer().candidates().usable()).hasSize(3);
        assertThat(fixture.events).containsExactly(EJECTED, "returned 1 1");
        trial.complete(Outcome.RESET);
        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
    }

    @Test
    void aFailedTrialEjectsForLonger() {
        fixture.advance("30S");
        fixture.pick().complete(Outcome.REFUSED);

        assertThat(fixture.state(1)).isEqualTo(State.EJECTED);
        assertThat(fixture.ejection(1).cause()).isEqualTo("the trial after its ejection failed: refused");
        assertThat(fixture.events).containsExactly(EJECTED, "ejected 1 trial 2");
        fixture.advance("59.999S");
        assertThat(fixture.state(1)).isEqualTo(State.EJECTED);
        fixture.advance("0.001S");
        assertThat(fixture.state(1)).isEqualTo(State.TRIAL);
    }

    @ParameterizedTest
    @EnumSource(names = {"CANCELLED", "LOCAL_ERROR"})
    void aTrialThatSaysNothingIsFollowedByAnother(Outcome outcome) {
        fixture.advance("30S");
        for (int i = 0; i < 10; i++) {
            Pick trial = fixture.pick();
            assertThat(trial.isTrial()).isTrue();
            trial.complete(outcome);
        }
        assertThat(fixture.state(1)).isEqualTo(State.TRIAL);
    }

    @Test
    void aSlowTrialIsFollowedByAnotherUntilThereAreThreeInARow() {
        fixture.advance("30S");
        for (int i = 0; i < 2; i++) {
            slowTrial();
            assertThat(fixture.state(1)).isEqualTo(State.TRIAL);
        }

        slowTrial();

        assertThat(fixture.ejection(1).cause()).isEqualTo("the trial after its ejection failed: slow to connect");
        assertThat(fixture.events).containsExactly(EJECTED, "ejected 1 trial 2");
        fixture.advance("60S");
        slowTrial();
        slowTrial();
        assertThat(fixture.state(1)).isEqualTo(State.TRIAL);
    }

    @Test
    void oneThatIsBackAfterSlowTrialsIsHealthy() {
        fixture.advance("30S");
        slowTrial();
        slowTrial();

        fixture.pick().complete(Outcome.SUCCESS);

        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
        assertThat(fixture.events).containsExactly(EJECTED, "returned 1 1");
    }

    private void slowTrial() {
        Pick trial = fixture.pick();
        assertThat(trial.isTrial()).isTrue();
        trial.complete(Outcome.SLOW);
    }

    @Test
    void aTrialThatIsConnectedAndSilentSucceeds() {
        fixture.advance("30S");
        Pick trial = fixture.pick();
        fixture.balancer().connected(trial, fixture.context());

        fixture.advance("4.999S");
        assertThat(fixture.state(1)).isEqualTo(State.TRIAL);
        fixture.advance("0.001S");

        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
        trial.complete(Outcome.RESET);
        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
    }

    @Test
    void aTrialThatConnectsAndFailsSoonFails() {
        fixture.advance("30S");
        Pick trial = fixture.pick();
        fixture.balancer().connected(trial, fixture.context());
        fixture.advance("4S");
        trial.complete(Outcome.RESET);
        fixture.advance("30S");

        assertThat(fixture.state(1)).isEqualTo(State.EJECTED);
        assertThat(fixture.ejection(1).times()).isEqualTo(2);
    }

    @Test
    void aTrialThatNobodyHearsOfAgainIsFollowedByAnother() {
        fixture.advance("30S");
        Pick lost = fixture.pick();
        fixture.advance("60S");

        Pick next = fixture.pick();

        assertThat(next.isTrial()).isTrue();
        next.complete(Outcome.SUCCESS);
        lost.complete(Outcome.REFUSED);
        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
    }

    @ParameterizedTest
    @EnumSource(names = {"SUCCESS", "REFUSED", "CANCELLED"})
    void aTrialThatWasGivenUpDoesNotEndTheNextOne(Outcome outcome) {
        fixture.advance("30S");
        Pick lost = fixture.pick();
        fixture.advance("60S");
        Pick next = fixture.pick();
        assertThat(next.isTrial()).isTrue();

        lost.complete(outcome);

        assertThat(fixture.state(1)).isEqualTo(State.TRIAL);
        Pick other = fixture.pick();
        assertThat(other.isTrial()).isFalse();
        next.complete(Outcome.REFUSED);
        assertThat(fixture.events).containsExactly(EJECTED, "ejected 1 trial 2");
    }

    @Test
    void aTrialThatWasGivenUpAndConnectsLateDoesNotShortenTheNextOne() {
        fixture.advance("30S");
        Pick lost = fixture.pick();
        fixture.advance("60S");
        Pick next = fixture.pick();

        fixture.balancer().connected(lost, fixture.context());
        fixture.advance("59S");

        assertThat(fixture.state(1)).isEqualTo(State.TRIAL);
        assertThat(fixture.pick().isTrial()).isFalse();
        next.complete(Outcome.SUCCESS);
        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
    }

    @Test
    void whatWasPickedBeforeTheEjectionDecidesNoTrial() {
        HealthFixture other = HealthFixture.of(HealthFixture.ROW, 3);
        Pick early = other.pick(1);
        Pick late = other.pick(1);
        other.eject(1);
        other.advance("30S");

        early.complete(Outcome.REFUSED);
        late.complete(Outcome.SUCCESS);

        assertThat(other.state(1)).isEqualTo(State.TRIAL);
    }

    @Test
    void anotherPodBehindTheAddressStartsClean() {
        Endpoint before = withUid("a");
        Endpoint second = HealthFixture.some(2)[1];
        HealthFixture other = new HealthFixture(HealthFixture.ROW, before, second);
        other.eject(1);

        other.update(withUid("b"), second);

        assertThat(other.state(1)).isEqualTo(State.HEALTHY);
        assertThat(other.clock.isIdle()).isTrue();
        other.eject(1);
        assertThat(other.ejection(1).times()).isEqualTo(1);
    }

    private static Endpoint withUid(String uid) {
        Endpoint ready = HealthFixture.some(1)[0];
        return new Endpoint(
                ready.ip(),
                ready.port(),
                ready.conditions(),
                null,
                null,
                Set.of(),
                Set.of(),
                new TargetRef("Pod", "shop", "web-1", uid));
    }

    @Test
    void aServiceThatGoesTakesItsTimersAlong() {
        fixture.advance("30S");
        Pick trial = fixture.pick();
        fixture.balancer().connected(trial, fixture.context());

        fixture.remove();

        assertThat(fixture.clock.isIdle()).isTrue();
        trial.complete(Outcome.REFUSED);
        assertThat(fixture.clock.isIdle()).isTrue();
        fixture.update(HealthFixture.some(3));
        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
    }

    @Test
    void closeGivesEverythingBack() {
        fixture.end();

        assertThat(fixture.balancer().candidates().usable()).hasSize(3);
        fixture.complete(1, 20, Outcome.REFUSED);
        fixture.update(HealthFixture.some(4));
        fixture.complete(1, 20, Outcome.REFUSED);
        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
        assertThat(fixture.clock.isIdle()).isTrue();
    }

    @Test
    void aProbeDecidesWhereThatIsTheWayBack() {
        HealthFixture probed = HealthFixture.of(HealthConfig.OFF.withOutlier(byProbe()), 2);
        probed.eject(1);
        probed.advance("30S");
        assertThat(probed.state(1)).isEqualTo(State.EJECTED);
        assertThat(probed.probes).containsExactly("tcp 10.0.0.1");

        probed.answerProbes(Result.UNKNOWN);
        assertThat(probed.state(1)).isEqualTo(State.EJECTED);
        probed.advance("1S");
        probed.answerProbes(Result.UNHEALTHY);
        assertThat(probed.ejection(1).cause()).isEqualTo("the probe after its ejection failed");
        probed.advance("60S");
        assertThat(probed.probes).hasSize(3);
        probed.answerProbes(Result.HEALTHY);

        assertThat(probed.state(1)).isEqualTo(State.HEALTHY);
        assertThat(probed.events).containsExactly(EJECTED, "ejected 1 trial 2", "returned 1 2");
        probed.end();
        assertThat(probed.isProberClosed()).isTrue();
    }

    private static OutlierConfig byProbe() {
        OutlierConfig row = HealthFixture.IN_ROW;
        return new OutlierConfig(
                true,
                5,
                row.interval(),
                row.ejectionTime(),
                50,
                50,
                row.successRate(),
                row.failurePercentage(),
                OutlierConfig.Comeback.PROBE);
    }
}
