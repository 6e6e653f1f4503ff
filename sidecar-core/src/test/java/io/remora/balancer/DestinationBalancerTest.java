package io.remora.balancer;

import static io.remora.balancer.BalancerFixture.name;
import static io.remora.balancer.BalancerFixture.pods;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerConfig.Limits;
import io.remora.balancer.BalancerConfig.Retry;
import io.remora.discovery.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a Destination's health and rules change. */
class DestinationBalancerTest {

    private static final Endpoint[] THREE = pods(3);

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void anEjectedEndpointIsNotPickedUnlessThereIsPanic(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy, THREE);

        fixture.health.eject("web-0", "web-2");
        assertThat(fixture.shares(300)).isEqualTo(Map.of("web-1", 300));

        fixture.health.change(() -> fixture.health.panic = true);
        assertThat(fixture.shares(3_000))
                .hasSize(3)
                .allSatisfy((pod, share) -> assertThat(share).isBetween(850, 1_150));
        assertThat(fixture.states()).allMatch(state -> state.slowStartNanos() == EndpointState.NO_SLOW_START);
    }

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void whereAllAreEjectedThereIsNoPick(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy, THREE);

        fixture.health.eject("web-0", "web-1", "web-2");

        assertThat(fixture.balancer().pick(fixture.context())).isNull();
    }

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void oneFirstPickAtATimeGoesToAnEndpointOnTrial(BalancerPolicy policy) {
        BalancerFixture fixture = BalancerFixture.of(policy, THREE);
        fixture.health.eject("web-0");
        fixture.health.tryOut("web-0");

        Pick trial = fixture.pick();

        assertThat(name(trial.endpoint())).isEqualTo("web-0");
        assertThat(trial.isTrial()).isTrue();
        assertThat(trial.endpoint().active()).isEqualTo(1);
        assertThat(fixture.shares(100)).containsOnlyKeys("web-1", "web-2");
        trial.complete(Outcome.REFUSED);
        assertThat(fixture.shares(100)).containsOnlyKeys("web-1", "web-2");
        fixture.health.tryOut("web-0");
        fixture.clock.advance(Duration.ofSeconds(3));
        fixture.pick().answered(1_000, fixture.clock.read());
        EndpointState state = fixture.state(THREE[0]);
        assertThat(state.isUsable()).isTrue();
        assertThat(state.slowStartNanos()).isEqualTo(fixture.clock.read());
    }

    @Test
    void noTrialIsBegunOfAnEndpointThatCannotBeReached() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.P2C, THREE);
        fixture.health.eject("web-0");
        fixture.health.tryOut("web-0");

        Pick pick = Objects.requireNonNull(fixture.balancer()
                .pick(fixture.context(), endpoint -> !name(endpoint).equals("web-0")));

        assertThat(pick.isTrial()).isFalse();
        assertThat(fixture.health.trialsUnderWay).isZero();
        assertThat(Objects.requireNonNull(fixture.balancer().pick(fixture.context(), endpoint -> true))
                        .isTrial())
                .isTrue();
    }

    @Test
    void aRetryIsNoTrial() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.P2C, THREE);
        PickContext context = fixture.context();
        Objects.requireNonNull(fixture.balancer().pick(context));
        fixture.health.tryOut("web-0");

        for (Pick pick = fixture.balancer().pick(context);
                pick != null;
                pick = fixture.balancer().pick(context)) {
            assertThat(pick.isTrial()).isFalse();
        }
        assertThat(fixture.health.trialsUnderWay).isZero();
    }

    @Test
    void anotherPolicyKeepsWhatIsKnown() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.ROUND_ROBIN, THREE);
        List<EndpointState> before = fixture.states();
        Pick pick = fixture.pick();
        pick.answered(5_000_000, fixture.clock.read());
        fixture.health.eject("web-2");
        BalancerConfig newer = fixture.config.withPolicy(BalancerPolicy.MAGLEV);
        fixture.config = new BalancerConfig(
                newer.policy(),
                newer.slowStart(),
                newer.latency(),
                newer.hashOn(),
                newer.zones(),
                newer.weights(),
                new Limits(7, 0),
                new Retry(0, 0));

        fixture.update(pods(4));

        assertThat(fixture.states()).containsAll(before);
        assertThat(pick.endpoint().active()).isEqualTo(1);
        assertThat(pick.endpoint().latencyNanos(fixture.clock.read())).isEqualTo(5_000_000);
        assertThat(fixture.balancer().config().policy()).isEqualTo(BalancerPolicy.MAGLEV);
        assertThat(fixture.balancer().admission().limits().maxConnections()).isEqualTo(7);
        Pick first = Objects.requireNonNull(fixture.balancer().pick(fixture.contextOf(3)));
        for (int i = 0; i < 100; i++) {
            Pick again = Objects.requireNonNull(fixture.balancer().pick(fixture.contextOf(3)));
            assertThat(again.endpoint()).isSameAs(first.endpoint());
        }
        assertThat(fixture.shares(1_000)).doesNotContainKey("web-2");
    }

    @Test
    void picksAreCountedApartFromWhatIsInFlight() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.P2C, THREE[0]);
        EndpointState state = fixture.state(THREE[0]);
        Pick open = fixture.pick();
        fixture.shares(1_000);

        assertThat(state.active()).isEqualTo(1);
        assertThat(state.picks()).isEqualTo(1_001);
        open.complete(Outcome.SUCCESS);
        assertThat(state.active()).isZero();
        assertThat(state.picks()).isEqualTo(1_001);
    }
}
