package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.Candidates;
import io.remora.balancer.EndpointHealth.State;
import io.remora.balancer.Outcome;
import io.remora.discovery.Endpoint;
import io.remora.registry.Services;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EjectionLimitsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 50, 0",
        "1, 50, 0",
        "1, 100, 0",
        "2, 50, 1",
        "2, 10, 1",
        "2, 0, 1",
        "2, 100, 2",
        "3, 50, 1",
        "10, 50, 5",
        "10, 10, 1",
        "19, 10, 1",
        "20, 10, 2",
        "1000, 33, 330"
    })
    void soManyAreEjectedAtMost(int eligible, int percent, int allowed) {
        assertThat(Ejections.allowed(eligible, percent)).isEqualTo(allowed);

        HealthFixture fixture = HealthFixture.of(HealthConfig.OFF.withOutlier(limits(percent, 0)), eligible);
        for (int i = 1; i <= eligible; i++) {
            if (fixture.balancer().candidates().usable().contains(fixture.endpoint(i))) {
                fixture.completeAtOnce(i, 2, Outcome.REFUSED);
            }
        }
        assertThat(fixture.events.stream().filter(event -> event.startsWith("ejected")))
                .hasSize(allowed);
        if (eligible > allowed) {
            assertThat(fixture.events.stream().filter(event -> event.startsWith("overflowed")))
                    .hasSize(eligible - allowed);
        }
        fixture.end();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 2, 50, false",
        "0, 2, 50, true",
        "1, 3, 50, true",
        "2, 3, 50, false",
        "4, 10, 50, true",
        "5, 10, 50, false",
        "1, 10, 0, false",
        "0, 10, 0, true",
        "0, 0, 50, false",
        "9, 10, 100, true"
    })
    void belowThePanicThresholdAllAreUsed(int usable, int eligible, int percent, boolean panic) {
        assertThat(OutlierDetector.isPanic(usable, eligible, percent)).isEqualTo(panic);
    }

    @Test
    void oneOfTwoMayBeOut() {
        HealthFixture fixture = HealthFixture.of(HealthFixture.ROW, 2);

        fixture.eject(1);

        Candidates candidates = fixture.balancer().candidates();
        assertThat(candidates.panic()).isFalse();
        assertThat(candidates.usable()).containsExactly(fixture.endpoint(2));
        for (int i = 0; i < 50; i++) {
            assertThat(fixture.pick().endpoint()).isSameAs(fixture.endpoint(2));
        }
    }

    @Test
    void theOneThatIsLeftIsUsedAlthoughItIsEjected() {
        Endpoint[] two = HealthFixture.some(2);
        HealthFixture fixture = new HealthFixture(HealthFixture.ROW, two);
        fixture.eject(1);

        fixture.update(two[0]);

        assertThat(fixture.balancer().candidates().panic()).isTrue();
        assertThat(fixture.pick().endpoint()).isSameAs(fixture.endpoint(1));
        assertThat(fixture.state(1)).isEqualTo(State.EJECTED);

        fixture.update(two);

        assertThat(fixture.balancer().candidates().panic()).isFalse();
        assertThat(fixture.pick().endpoint()).isSameAs(fixture.endpoint(2));
        assertThat(fixture.events).containsExactly("ejected 1 consecutive_failures 1", "panic true", "panic false");
    }

    @Test
    void whoServesInAPanicIsBack() {
        Endpoint[] two = HealthFixture.some(2);
        HealthFixture fixture = new HealthFixture(HealthFixture.ROW, two);
        fixture.eject(1);
        fixture.update(two[0]);

        fixture.complete(1, 1, Outcome.RESET);
        assertThat(fixture.state(1)).isEqualTo(State.EJECTED);
        fixture.complete(1, 1, Outcome.SUCCESS);

        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
        assertThat(fixture.events)
                .containsExactly("ejected 1 consecutive_failures 1", "panic true", "returned 1 1", "panic false");
        fixture.end();
    }

    @Test
    void whoServesWithoutAPanicIsNotBack() {
        HealthFixture fixture = HealthFixture.of(HealthFixture.ROW, 2);
        var early = fixture.pick(1);
        fixture.eject(1);

        early.complete(Outcome.SUCCESS);

        assertThat(fixture.state(1)).isEqualTo(State.EJECTED);
    }

    @Test
    void aPanicIsNotOverBecauseNobodyIsLeft() {
        Endpoint[] two = HealthFixture.some(2);
        HealthFixture fixture = new HealthFixture(HealthFixture.ROW, two);
        fixture.eject(1);
        fixture.update(two[0]);

        fixture.remove();

        assertThat(fixture.events).containsExactly("ejected 1 consecutive_failures 1", "panic true");
    }

    @Test
    void whatChangesNothingSelectsNothing() {
        HealthFixture fixture = HealthFixture.of(HealthFixture.ROW, 1);
        Candidates before = fixture.balancer().candidates();

        fixture.complete(1, 2, Outcome.REFUSED);

        assertThat(fixture.events).containsExactly("overflowed 1 consecutive_failures");
        assertThat(fixture.balancer().candidates()).isSameAs(before);
    }

    @Test
    void oneAloneIsNeverEjected() {
        HealthFixture fixture = HealthFixture.of(HealthFixture.ROW, 1);

        fixture.complete(1, 20, Outcome.REFUSED);

        assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
        assertThat(fixture.events).hasSize(10).containsOnly("overflowed 1 consecutive_failures");
    }

    @Test
    void whoFindsNoRoomIsEjectedByTheNextRowWhenThereIs() {
        HealthFixture fixture = HealthFixture.of(HealthFixture.ROW, 3);
        fixture.eject(1);
        fixture.complete(2, 2, Outcome.REFUSED);
        assertThat(fixture.state(2)).isEqualTo(State.HEALTHY);
        fixture.advance("30S");
        fixture.complete(1, 1, Outcome.SUCCESS);

        fixture.complete(2, 1, Outcome.REFUSED);
        assertThat(fixture.state(2)).isEqualTo(State.HEALTHY);
        fixture.complete(2, 1, Outcome.REFUSED);

        assertThat(fixture.state(2)).isEqualTo(State.EJECTED);
    }

    @Test
    void whoIsRemovedOrNotEligibleMakesRoom() {
        Endpoint[] four = HealthFixture.some(4);
        HealthFixture fixture = new HealthFixture(HealthFixture.ROW, four);
        fixture.eject(1);
        fixture.eject(2);
        fixture.complete(3, 2, Outcome.REFUSED);
        assertThat(fixture.state(3)).isEqualTo(State.HEALTHY);

        four[0] = Services.endpoint("10.0.0.1", false, false, false);
        fixture.update(four[0], four[2], four[3]);
        fixture.complete(1, 2, Outcome.REFUSED); // 10.0.0.3 is the first that is eligible

        assertThat(fixture.state(1)).isEqualTo(State.EJECTED);
        assertThat(fixture.events).endsWith("ejected 3 consecutive_failures 1");
        fixture.end();
    }

    @Test
    void failuresOfWhatIsNotEligibleEjectNobody() {
        Endpoint[] three = HealthFixture.some(3);
        HealthFixture fixture = new HealthFixture(HealthFixture.ROW, three);
        var picks = Arrays.asList(fixture.pick(1), fixture.pick(1), fixture.pick(1));

        fixture.update(Services.endpoint("10.0.0.1", false, false, false), three[1], three[2]);
        picks.forEach(pick -> pick.complete(Outcome.REFUSED));

        assertThat(fixture.events).isEmpty();
    }

    static OutlierConfig limits(int maxPercent, int panicPercent) {
        OutlierConfig row = HealthFixture.IN_ROW;
        return new OutlierConfig(
                true,
                row.consecutiveFailures(),
                row.interval(),
                row.ejectionTime(),
                maxPercent,
                panicPercent,
                row.successRate(),
                row.failurePercentage(),
                row.comeback());
    }
}
