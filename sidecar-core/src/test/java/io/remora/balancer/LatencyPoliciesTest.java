package io.remora.balancer;

import static io.remora.balancer.BalancerFixture.name;
import static io.remora.balancer.BalancerFixture.pods;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What looks at latency, and what looks at load, where endpoints fail fast. */
class LatencyPoliciesTest {

    private static final Endpoint[] PODS = pods(10);

    @ParameterizedTest
    @EnumSource(names = {"PEAK_EWMA", "HOT_COLD"})
    void theFasterOneIsChosenWhileNothingIsInFlight(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy, PODS[0], PODS[1]);
        fixture.answer(PODS[0], Duration.ofMillis(50));
        fixture.answer(PODS[1], Duration.ofMillis(5));

        assertThat(fixture.shares(1_000)).isEqualTo(Map.of("web-1", 1_000));
    }

    @ParameterizedTest
    @EnumSource(names = {"PEAK_EWMA", "HOT_COLD"})
    void theSlowOneIsTriedAgainAfterAWhile(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy, PODS[0], PODS[1]);
        fixture.answer(PODS[0], Duration.ofMillis(50));
        for (int second = 0; second < 60; second++) {
            fixture.answer(PODS[1], Duration.ofMillis(5));
            if (fixture.shares(10).containsKey("web-0")) {
                assertThat(second).isBetween(20, 25); // ln 10 times 10 s
                return;
            }
            fixture.clock.advance(Duration.ofSeconds(1));
        }
        throw new AssertionError("it was never tried again");
    }

    @ParameterizedTest
    @EnumSource(names = {"PEAK_EWMA", "HOT_COLD"})
    void anEndpointThatAnsweredNothingYetIsTriedOnceAtATime(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy, PODS[0], PODS[1]);
        fixture.answer(PODS[0], Duration.ofMillis(1));

        assertThat(name(fixture.pick().endpoint())).isEqualTo("web-1");
        assertThat(name(fixture.pick().endpoint())).isEqualTo("web-0");
    }

    @Test
    void peakEwmaPaysInLatencyForWhatIsInFlight() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.PEAK_EWMA, PODS[0], PODS[1]);
        fixture.answer(PODS[0], Duration.ofMillis(30));
        fixture.answer(PODS[1], Duration.ofMillis(10));

        for (int i = 0; i < 40_000; i++) {
            fixture.pick();
        }

        assertThat(fixture.state(PODS[0]).active()).isBetween(9_990, 10_010);
        assertThat(fixture.state(PODS[1]).active()).isBetween(29_990, 30_010);
    }

    @Test
    void hotColdFindsTheQuantileOfWhatIsInFlight() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.HOT_COLD, PODS);
        HotColdBalancer balancer = new HotColdBalancer(fixture.config);
        balancer.update(fixture.balancer().candidates());
        for (int pod = 0; pod < 10; pod++) {
            for (int i = 0; i < pod * 10; i++) {
                fixture.state(PODS[pod]).picked();
            }
        }

        double sum = 0;
        for (int i = 0; i < 10_000; i++) {
            Objects.requireNonNull(balancer.pick(fixture.context())).complete(Outcome.CANCELLED);
            sum += i < 5_000 ? 0 : balancer.hotAbove();
        }

        assertThat(sum / 5_000).isBetween(75.0, 85.0); // a tenth each of 0, 10 ... 90: 84 % have 80 at most
    }

    @Test
    void hotColdTakesTheColdOneHoweverSlowAndOfHotOnesTheLessLoaded() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.HOT_COLD, PODS[0], PODS[1]);
        fixture.answer(PODS[0], Duration.ofMillis(1));
        fixture.answer(PODS[1], Duration.ofMillis(100));
        load(fixture, PODS[0], 50);

        assertThat(name(fixture.pick().endpoint())).isEqualTo("web-1"); // with 50 the fast one is hot
        load(fixture, PODS[1], 69);
        assertThat(name(fixture.pick().endpoint())).isEqualTo("web-0"); // 50 against 70, the limit is still low
    }

    @ParameterizedTest
    @EnumSource(names = {"P2C", "PEAK_EWMA", "HOT_COLD"})
    void anEndpointThatFailsFastIsNotTheFavourite(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy, PODS);
        for (Endpoint pod : PODS) {
            load(fixture, pod, pod.equals(PODS[0]) ? 0 : 100);
            fixture.answer(pod, Duration.ofMillis(10));
        }
        Map<String, Integer> shares = new HashMap<>();
        for (int millis = 0; millis < 10_000; millis++) {
            Pick pick = fixture.pick();
            String name = name(pick.endpoint());
            shares.merge(name, 1, Integer::sum);
            if (!name.equals("web-0")) {
                pick.answered(10_000_000, fixture.clock.read());
            }
            pick.complete(name.equals("web-0") ? Outcome.REFUSED : Outcome.SUCCESS);
            fixture.clock.advance(Duration.ofMillis(1));
        }

        assertThat(shares.get("web-0")).isBetween(5, 12);
    }

    @ParameterizedTest
    @EnumSource(names = {"P2C", "PEAK_EWMA", "HOT_COLD"})
    void whereAllFailAllAreTried(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy, PODS);
        Map<String, Integer> shares = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            Pick pick = fixture.pick();
            shares.merge(name(pick.endpoint()), 1, Integer::sum);
            pick.complete(Outcome.REFUSED);
        }

        assertThat(shares)
                .hasSize(10)
                .allSatisfy((pod, share) -> assertThat(share).isBetween(850, 1_150));
    }

    @Test
    void aSuccessEndsFailing() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.P2C, PODS[0]);
        EndpointState state = fixture.state(PODS[0]);

        fixture.pick().complete(Outcome.SLOW);
        assertThat(state.isFailing(fixture.clock.read())).isFalse();
        fixture.pick().complete(Outcome.RESET);
        assertThat(state.isFailing(fixture.clock.read())).isTrue();
        fixture.pick().complete(Outcome.SUCCESS);
        assertThat(state.isFailing(fixture.clock.read())).isFalse();
        fixture.pick().complete(Outcome.RESET);
        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(state.isFailing(fixture.clock.read())).isFalse();
    }

    private static void load(BalancerFixture fixture, Endpoint endpoint, int picks) {
        for (int i = 0; i < picks; i++) {
            fixture.state(endpoint).picked();
        }
    }
}
