package io.remora.balancer;

import static io.remora.balancer.BalancerFixture.name;
import static io.remora.balancer.BalancerFixture.pods;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerConfig.SlowStart;
import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SlowStartTest {

    private static final Endpoint[] FOUR = pods(4);
    private static final Endpoint[] FIVE = pods(5);

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void aNewEndpointGetsAGrowingPartOfItsShare(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy, FOUR);
        fixture.clock.advance(Duration.ofMinutes(5));

        fixture.update(FIVE);

        // Its full share is 2,000 of 10,000. While nothing is in flight the first draw counts.
        assertThat(shareOfTheNewOne(fixture)).isBetween(150, 330);
        fixture.clock.advance(Duration.ofSeconds(15));
        assertThat(shareOfTheNewOne(fixture)).isBetween(900, 1_450);
        fixture.clock.advance(Duration.ofSeconds(15));
        assertThat(shareOfTheNewOne(fixture)).isBetween(1_850, 2_150);
    }

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void whereAllAreEquallyColdEachGetsItsShare(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy);
        fixture.clock.advance(Duration.ofMinutes(5));

        fixture.update(FOUR);

        assertThat(fixture.states()).allMatch(state -> state.slowStartNanos() != EndpointState.NO_SLOW_START);
        assertThat(fixture.shares(10_000))
                .hasSize(4)
                .allSatisfy((pod, share) -> assertThat(share).isBetween(2_300, 2_700));
    }

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void theOnlyEndpointIsPickedHoweverColdItIs(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy, FOUR);
        fixture.clock.advance(Duration.ofMinutes(5));
        fixture.update(FIVE);

        fixture.update(FIVE[4]);

        assertThat(fixture.shares(100)).isEqualTo(Map.of("web-4", 100));
    }

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void aWindowOfZeroTurnsItOff(BalancerPolicy policy) {
        BalancerFixture fixture =
                new BalancerFixture(BalancerConfig.DEFAULT.withPolicy(policy).withSlowStart(SlowStart.OFF), FOUR);
        fixture.clock.advance(Duration.ofMinutes(5));

        fixture.update(FIVE);

        assertThat(shareOfTheNewOne(fixture)).isBetween(1_850, 2_150);
    }

    @Test
    void ofTwoTheColdOneIsNotTheIdleOneThatGetsEverything() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.P2C, FOUR[0]);
        for (int i = 0; i < 100; i++) {
            fixture.pick(); // and stays open
        }
        fixture.clock.advance(Duration.ofMinutes(5));

        fixture.update(FOUR[0], FOUR[1]);

        Map<String, Integer> shares = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            shares.merge(name(fixture.pick().endpoint()), 1, Integer::sum);
        }
        assertThat(shares.get("web-1")).isBetween(8, 30);
    }

    @Test
    void whatIsThereFromTheStartIsWarm() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.P2C, FOUR);

        assertThat(fixture.states()).allMatch(state -> state.slowStartNanos() == EndpointState.NO_SLOW_START);
    }

    @Test
    void whatWasNotReadyAtTheStartIsColdOnceItIs() {
        Endpoint starting = FOUR[1].withConditions(new EndpointConditions(false, false, false));
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.P2C, FOUR[0], starting);
        fixture.clock.advance(Duration.ofSeconds(7));

        fixture.update(FOUR[0], FOUR[1]);

        assertThat(fixture.state(FOUR[0]).slowStartNanos()).isEqualTo(EndpointState.NO_SLOW_START);
        assertThat(fixture.state(FOUR[1]).slowStartNanos())
                .isEqualTo(Duration.ofSeconds(7).toNanos());
    }

    @Test
    void whatComesBackFromEjectionIsCold() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.P2C, FOUR);
        fixture.answer(FOUR[2], Duration.ofSeconds(3));
        fixture.health.eject("web-2");
        fixture.clock.advance(Duration.ofSeconds(30));

        fixture.health.restore("web-2");

        EndpointState state = fixture.state(FOUR[2]);
        assertThat(state.slowStartNanos()).isEqualTo(Duration.ofSeconds(30).toNanos());
        assertThat(state.latencyNanos(fixture.clock.read())).isEqualTo(-1);
        assertThat(fixture.state(FOUR[1]).slowStartNanos()).isEqualTo(EndpointState.NO_SLOW_START);
        assertThat(fixture.shares(10_000).get("web-2")).isBetween(200, 450);
    }

    private static int shareOfTheNewOne(BalancerFixture fixture) {
        return fixture.shares(10_000).getOrDefault("web-4", 0);
    }
}
