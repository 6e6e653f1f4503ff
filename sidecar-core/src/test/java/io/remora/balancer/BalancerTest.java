package io.remora.balancer;

import static io.remora.registry.Services.ready;
import static io.remora.registry.Services.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.discovery.Endpoint;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.registry.Destination;
import io.remora.registry.ServiceRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BalancerTest {

    private final Random random = new Random(5);
    private final List<String> outcomes = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void everyEndpointGetsItsShareOfSequentialPicks(BalancerPolicy policy) {
        Fixture fixture = new Fixture(policy, ready("10.0.0.1", "10.0.0.2", "10.0.0.3"));
        Map<String, Integer> shares = new TreeMap<>();

        for (int i = 0; i < 3_000; i++) {
            Pick pick = fixture.pick();
            shares.merge(pick.endpoint().toString(), 1, Integer::sum);
            pick.complete(Outcome.SUCCESS);
        }

        assertThat(shares)
                .hasSize(3)
                .allSatisfy((endpoint, share) -> assertThat(share).isBetween(850, 1150));
    }

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void oneContextTriesEveryEndpointOnceAndThenNone(BalancerPolicy policy) {
        Fixture fixture = new Fixture(policy, ready("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"));
        for (int round = 0; round < 100; round++) {
            PickContext context = new PickContext(random);
            Set<String> tried = new HashSet<>();
            for (Pick pick = fixture.balancer().pick(context);
                    pick != null;
                    pick = fixture.balancer().pick(context)) {
                assertThat(tried.add(pick.endpoint().toString())).isTrue();
                pick.complete(Outcome.REFUSED);
            }
            assertThat(tried).hasSize(5);
        }
    }

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void aRemovedEndpointIsNeverPickedAgain(BalancerPolicy policy) {
        Fixture fixture = new Fixture(policy, ready("10.0.0.1", "10.0.0.2"));

        fixture.update(ready("10.0.0.2"));

        for (int i = 0; i < 100; i++) {
            assertThat(fixture.pick().endpoint()).hasToString("10.0.0.2:8080");
        }
        fixture.update();
        assertThat(fixture.balancer().pick(new PickContext(random))).isNull();
    }

    @Test
    void p2cKeepsLongLivedPicksEven() {
        Fixture fixture = new Fixture(BalancerPolicy.P2C, ready("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"));
        for (int i = 0; i < 4_000; i++) {
            fixture.pick();
        }

        assertThat(fixture.states())
                .allSatisfy(state -> assertThat(state.active()).isBetween(990, 1010));
    }

    @Test
    void p2cOfTwoAlwaysTakesTheLessLoaded() {
        Fixture fixture = new Fixture(BalancerPolicy.P2C, ready("10.0.0.1", "10.0.0.2"));
        for (int i = 0; i < 1_000; i++) {
            fixture.pick();
            int difference =
                    fixture.states().get(0).active() - fixture.states().get(1).active();
            assertThat(Math.abs(difference)).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void roundRobinSurvivesAnUpdateAndGoesOnInTurn() {
        Fixture fixture = new Fixture(BalancerPolicy.ROUND_ROBIN, ready("10.0.0.1", "10.0.0.2", "10.0.0.3"));
        for (int i = 0; i < 7; i++) {
            fixture.pick();
        }
        fixture.update(ready("10.0.0.1", "10.0.0.2"));

        EndpointState next = fixture.pick().endpoint();

        assertThat(fixture.pick().endpoint()).isNotSameAs(next);
    }

    @Test
    void stateSurvivesUpdatesOfTheServiceAndOfTheEndpointsConditions() {
        Fixture fixture = new Fixture(BalancerPolicy.P2C, ready("10.0.0.1"));
        Pick pick = fixture.pick();

        fixture.update(Endpoint.ready(IpAddress.parse("10.0.0.1"), 8080)
                .withConditions(new EndpointConditions(false, true, true)));

        EndpointState state = fixture.states().get(0);
        assertThat(state).isSameAs(pick.endpoint());
        assertThat(state.active()).isEqualTo(1);
        assertThat(state.endpoint().conditions().terminating()).isTrue();
        pick.complete(Outcome.RESET);
        assertThat(state.active()).isZero();
        assertThat(state.failures()).isEqualTo(1);
    }

    @Test
    void anotherPodUnderTheSameAddressStartsClean() {
        Fixture fixture = new Fixture(BalancerPolicy.P2C, pod("uid-1"));
        fixture.pick().complete(Outcome.REFUSED);

        fixture.update(pod("uid-2"));

        assertThat(fixture.states().get(0).failures()).isZero();
        assertThat(fixture.states().get(0).picks()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUCCESS", "CANCELLED", "LOCAL_ERROR"})
    void whatIsNotTheEndpointsFaultIsNotCountedAgainstIt(String outcome) {
        Fixture fixture = new Fixture(BalancerPolicy.P2C, ready("10.0.0.1"));

        fixture.pick().complete(Outcome.valueOf(outcome));

        assertThat(fixture.states().get(0).failures()).isZero();
        assertThat(outcomes).containsExactly("shop/web:http 10.0.0.1:8080 " + outcome);
    }

    @Test
    void aPickIsCompletedOnce() {
        Fixture fixture = new Fixture(BalancerPolicy.P2C, ready("10.0.0.1"));
        Pick pick = fixture.pick();
        pick.complete(Outcome.SUCCESS);

        assertThatThrownBy(() -> pick.complete(Outcome.CANCELLED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("10.0.0.1:8080");
        assertThat(pick.endpoint().active()).isZero();
    }

    @Test
    void aDestinationThatWentHasNoBalancer() {
        Fixture fixture = new Fixture(BalancerPolicy.P2C, ready("10.0.0.1"));
        Destination destination = fixture.destination();

        fixture.source.remove(new ServiceId("shop", "web"));

        assertThat(fixture.balancers.find(destination)).isNull();
    }

    @Test
    void policiesAreReadByTheirNames() {
        assertThat(BalancerPolicy.parse("round-robin")).isEqualTo(BalancerPolicy.ROUND_ROBIN);
        assertThatThrownBy(() -> BalancerPolicy.parse("leastconn"))
                .hasMessageContaining("'leastconn'")
                .hasMessageContaining("p2c, round-robin, random");
    }

    private static Endpoint pod(String uid) {
        return new Endpoint(
                IpAddress.parse("10.0.0.1"),
                8080,
                EndpointConditions.READY,
                null,
                null,
                Set.of(),
                Set.of(),
                new TargetRef("Pod", "shop", "web-0", uid));
    }

    private final class Fixture {
        private final BalancerRegistry balancers;
        private final StaticDiscoverySource source;
        private final ServiceRegistry registry;

        Fixture(BalancerPolicy policy, Endpoint... endpoints) {
            balancers = new BalancerRegistry(
                    policy, (state, outcome) -> outcomes.add(state.destination() + " " + state + " " + outcome));
            source = new StaticDiscoverySource(List.of(service("web", "10.96.0.1", endpoints)));
            registry = new ServiceRegistry(source, List.of(balancers), Runnable::run);
            registry.start();
        }

        void update(Endpoint... endpoints) {
            source.update(service("web", "10.96.0.1", endpoints));
        }

        Destination destination() {
            return Objects.requireNonNull(
                    registry.snapshot().find(TransportAddress.tcp(IpAddress.parse("10.96.0.1"), 80)));
        }

        DestinationBalancer balancer() {
            return Objects.requireNonNull(balancers.find(destination()));
        }

        Pick pick() {
            return Objects.requireNonNull(balancer().pick(new PickContext(random)));
        }

        List<EndpointState> states() {
            return destination().decisions().stream()
                    .map(decision -> Objects.requireNonNull(balancer().state(decision.endpoint())))
                    .toList();
        }
    }
}
