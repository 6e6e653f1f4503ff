package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.remora.balancer.DestinationGate;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.Outcome;
import io.remora.balancer.Pick;
import io.remora.discovery.Endpoint;
import io.remora.internal.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BreakerTest {

    static final BreakerConfig PER_ENDPOINT =
            new BreakerConfig(true, false, 50, Duration.ofSeconds(10), 10, Duration.ofSeconds(5), 3);
    private static final BreakerConfig PER_DESTINATION =
            new BreakerConfig(false, true, 50, Duration.ofSeconds(10), 10, Duration.ofSeconds(5), 3);

    private final Endpoint[] three = HealthFixture.some(3);
    private final HealthFixture fixture = new HealthFixture(HealthConfig.OFF.withBreaker(PER_ENDPOINT), three);

    @Test
    void theRateOpensItAndThatEjects() {
        fixture.complete(1, 5, Outcome.SUCCESS);
        fixture.complete(1, 4, Outcome.RESET);
        assertThat(state(1)).isEqualTo(CircuitBreaker.State.CLOSED);

        fixture.complete(1, 1, Outcome.RESET);

        assertThat(state(1)).isEqualTo(CircuitBreaker.State.OPEN);
        assertThat(fixture.state(1)).isEqualTo(EndpointHealth.State.EJECTED);
        assertThat(fixture.ejection(1).cause()).isEqualTo("its circuit breaker opened: 50 % of 10 picks failed");
        assertThat(fixture.events).containsExactly("ejected 1 breaker 1");
    }

    @Test
    void theWindowMovesWithTheVirtualClock() {
        fixture.complete(1, 9, Outcome.RESET);
        fixture.advance("11S");
        fixture.complete(1, 9, Outcome.RESET);

        assertThat(state(1)).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void itIsHalfOpenByTimeAloneWithoutAnyCall() {
        open(1);
        fixture.advance("5S");

        assertThat(state(1)).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        assertThat(fixture.state(1)).isEqualTo(EndpointHealth.State.TRIAL);
        assertThat(fixture.clock.isIdle()).isTrue();
    }

    @Test
    void asManyTrialsAsPermittedCloseIt() {
        open(1);
        fixture.advance("5S");
        for (int i = 0; i < 3; i++) {
            assertThat(fixture.state(1)).isEqualTo(EndpointHealth.State.TRIAL);
            Pick trial = fixture.pick();
            assertThat(trial.isTrial()).isTrue();
            trial.complete(Outcome.SUCCESS);
        }
        assertThat(state(1)).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(fixture.state(1)).isEqualTo(EndpointHealth.State.HEALTHY);
        assertThat(fixture.events).endsWith("returned 1 1");
    }

    @Test
    void trialsThatFailOpenItAgain() {
        open(1);
        fixture.advance("5S");
        for (int i = 0; i < 3; i++) {
            fixture.pick().complete(Outcome.RESET);
        }
        assertThat(state(1)).isEqualTo(CircuitBreaker.State.OPEN);
        assertThat(fixture.state(1)).isEqualTo(EndpointHealth.State.EJECTED);
        assertThat(fixture.events).endsWith("ejected 1 breaker 2");
        fixture.advance("5S");
        assertThat(state(1)).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    }

    @Test
    void cancelledTrialsLeakNoPermit() {
        open(1);
        fixture.advance("5S");
        for (int i = 0; i < 50; i++) {
            Pick trial = fixture.pick();
            assertThat(trial.isTrial()).isTrue();
            trial.complete(i % 2 == 0 ? Outcome.CANCELLED : Outcome.LOCAL_ERROR);
        }
        close(1);
    }

    @Test
    void slowTrialsTellItOnlyWhenThereAreThreeInARow() {
        open(1);
        fixture.advance("5S");
        for (int i = 0; i < 2; i++) {
            fixture.pick().complete(Outcome.SLOW);
        }
        assertThat(breaker(1).getMetrics().getNumberOfBufferedCalls()).isZero();

        fixture.pick().complete(Outcome.SLOW);

        assertThat(breaker(1).getMetrics().getNumberOfBufferedCalls()).isEqualTo(1);
    }

    @Test
    void trialsOfWhichNobodyHearsLeakNoPermit() {
        open(1);
        fixture.advance("5S");
        for (int i = 0; i < 10; i++) {
            assertThat(fixture.pick().isTrial()).isTrue();
            fixture.advance("60S");
        }
        close(1);
    }

    @Test
    void permitsThatSomebodyElseTookAreGivenOutAnew() {
        open(1);
        fixture.advance("5S");
        for (int i = 0; i < 3; i++) {
            assertThat(breaker(1).tryAcquirePermission()).isTrue();
        }
        close(1);
    }

    private void close(int number) {
        for (int i = 0; i < 3; i++) {
            Pick trial = fixture.pick();
            assertThat(trial.isTrial()).isTrue();
            trial.complete(Outcome.SUCCESS);
        }
        assertThat(state(number)).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(fixture.state(number)).isEqualTo(EndpointHealth.State.HEALTHY);
    }

    @Test
    void picksFromBeforeDecideNothingInHalfOpen() {
        List<Pick> early = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            early.add(fixture.pick(1));
        }
        open(1);
        fixture.advance("5S");

        early.forEach(pick -> pick.complete(Outcome.RESET));

        assertThat(state(1)).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        assertThat(breaker(1).getMetrics().getNumberOfBufferedCalls()).isZero();
    }

    @Test
    void oneThatMayNotEjectIsClosedAgain() {
        open(1);
        fixture.complete(2, 9, Outcome.RESET);
        assertThat(fixture.events).hasSize(1);

        fixture.complete(2, 1, Outcome.RESET);

        assertThat(fixture.events).endsWith("overflowed 2 breaker");
        assertThat(state(2)).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void itsNameTellsWhoseItIsAndItGoesWithItsEndpoint() {
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "remora/shop/web:http/10.0.0.1:8080",
                        "remora/shop/web:http/10.0.0.2:8080",
                        "remora/shop/web:http/10.0.0.3:8080");
        open(1);

        fixture.update(three[1], three[2]);
        assertThat(names()).hasSize(2).doesNotContain("remora/shop/web:http/10.0.0.1:8080");
        assertThat(fixture.clock.isIdle()).isTrue();

        fixture.remove();
        assertThat(names()).isEmpty();
    }

    @Test
    void anotherPodBehindTheAddressHasABreakerOfItsOwn() {
        open(1);
        CircuitBreaker before = breaker(1);
        Endpoint other = new Endpoint(
                three[0].ip(),
                8080,
                three[0].conditions(),
                null,
                null,
                Set.of(),
                Set.of(),
                new Endpoint.TargetRef("Pod", "shop", "web-1", "b"));

        fixture.update(other, three[1], three[2]);

        assertThat(names()).hasSize(3);
        assertThat(breaker(1)).isNotSameAs(before);
        assertThat(state(1)).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void aUsersListenersSeeTheTransitions() {
        List<String> seen = new ArrayList<>();
        breaker(1)
                .getEventPublisher()
                .onStateTransition(event -> seen.add(event.getStateTransition().toString()));
        open(1);
        fixture.advance("5S");
        close(1);

        assertThat(seen)
                .containsExactly(
                        "State transition from CLOSED to OPEN",
                        "State transition from OPEN to HALF_OPEN",
                        "State transition from HALF_OPEN to CLOSED");
    }

    @Test
    void aForcedOpenOneWaitsForWhoeverForcedIt() {
        breaker(1).transitionToForcedOpenState();
        fixture.complete(1, 1, Outcome.RESET);
        assertThat(fixture.ejection(1).cause()).isEqualTo("its circuit breaker was opened");
        fixture.advance("5S");
        for (int i = 0; i < 20; i++) {
            assertThat(fixture.pick().isTrial()).isFalse();
        }

        breaker(1).transitionToClosedState();
        fixture.pick().complete(Outcome.SUCCESS);

        assertThat(fixture.state(1)).isEqualTo(EndpointHealth.State.HEALTHY);
    }

    @Test
    void bothSourcesOfEjectionAgree() {
        HealthFixture both = HealthFixture.of(HealthFixture.ROW.withBreaker(PER_ENDPOINT), 3);
        both.completeAtOnce(1, 9, Outcome.SLOW);
        assertThat(both.events).isEmpty();
        both.complete(1, 1, Outcome.SLOW); // the tenth half, and the breaker's tenth call

        assertThat(both.events).hasSize(1);
        both.advance("30S");
        for (int i = 0; i < 3; i++) {
            assertThat(both.state(1)).isEqualTo(EndpointHealth.State.TRIAL);
            both.pick().complete(Outcome.SUCCESS);
        }
        assertThat(both.state(1)).isEqualTo(EndpointHealth.State.HEALTHY);
    }

    @Test
    void theGateShutsAndOpensByTimeAlone() {
        HealthFixture gated = HealthFixture.of(HealthConfig.OFF.withBreaker(PER_DESTINATION), 3);
        DestinationGate gate = gated.balancer().health().gate();
        shut(gate);
        assertThat(gate.tryEnter()).isNull();
        assertThat(gate.isShut()).isTrue();

        gated.advance("5S");

        assertThat(gated.breakers.find("remora/shop/web:http").orElseThrow().getState())
                .isEqualTo(CircuitBreaker.State.HALF_OPEN);
        for (int i = 0; i < 20; i++) {
            enter(gate).released();
        }
        for (int i = 0; i < 3; i++) {
            enter(gate).succeeded();
        }
        assertThat(gated.breakers.find("remora/shop/web:http").orElseThrow().getState())
                .isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(gate.isShut()).isFalse();
        assertThat(gated.events).containsExactly("shut true", "shut false");
        assertThat(gated.clock.isIdle()).isTrue();
    }

    @Test
    void permitsOfTheGateThatNobodyGivesBackAreGivenOutAnew() {
        HealthFixture gated = HealthFixture.of(HealthConfig.OFF.withBreaker(PER_DESTINATION), 3);
        DestinationGate gate = gated.balancer().health().gate();
        shut(gate);
        gated.advance("5S");
        for (int i = 0; i < 3; i++) {
            enter(gate);
        }
        assertThat(gate.tryEnter()).isNull();
        gated.advance("59S");
        assertThat(gate.tryEnter()).isNull();
        gated.advance("1S");

        assertThat(gate.tryEnter()).isNotNull();
    }

    @Test
    void theGateGoesWithItsDestination() {
        HealthFixture gated = HealthFixture.of(HealthConfig.OFF.withBreaker(PER_DESTINATION), 3);
        DestinationGate gate = gated.balancer().health().gate();
        DestinationGate.Entry early = enter(gate);
        shut(gate);
        gated.remove();

        assertThat(gated.clock.isIdle()).isTrue();
        assertThat(gated.breakers.getAllCircuitBreakers()).isEmpty();
        early.failed();
        assertThat(gated.clock.isIdle()).isTrue();
        gated.update(three);
        assertThat(gated.balancer().health().gate().tryEnter()).isNotNull();
    }

    @Test
    void aSilentConnectionCountsForTheGateOnce() {
        HealthFixture gated = HealthFixture.of(HealthConfig.OFF.withBreaker(PER_DESTINATION), 3);
        DestinationGate gate = gated.balancer().health().gate();
        shut(gate);
        gated.advance("5S");
        DestinationGate.Entry silent = enter(gate);
        silent.connected();
        gated.advance("4S");
        assertThat(whole(gated).getMetrics().getNumberOfBufferedCalls()).isZero();
        gated.advance("1S");
        assertThat(whole(gated).getMetrics().getNumberOfSuccessfulCalls()).isOne();

        silent.failed();
        silent.released();

        assertThat(whole(gated).getMetrics().getNumberOfBufferedCalls()).isOne();
        assertThat(gated.clock.isIdle()).isTrue();
        enter(gate);
        enter(gate);
        assertThat(gate.tryEnter()).isNull();
    }

    @Test
    void entriesFromBeforeDecideNothingInHalfOpen() {
        HealthFixture gated = HealthFixture.of(HealthConfig.OFF.withBreaker(PER_DESTINATION), 3);
        DestinationGate gate = gated.balancer().health().gate();
        List<DestinationGate.Entry> early = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            early.add(enter(gate));
        }
        shut(gate);
        gated.advance("5S");
        DestinationGate.Entry lastRound = enter(gate);
        for (int i = 0; i < 2; i++) {
            enter(gate).failed();
        }
        early.forEach(DestinationGate.Entry::failed);
        early.forEach(DestinationGate.Entry::released);
        assertThat(whole(gated).getMetrics().getNumberOfBufferedCalls()).isEqualTo(2);

        gated.advance("60S");
        enter(gate); // permits are given out anew
        lastRound.failed();

        assertThat(whole(gated).getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        assertThat(whole(gated).getMetrics().getNumberOfBufferedCalls()).isZero();
    }

    @Test
    void whoeverAsksBeforeTheTimerDoesNotGetPermitsAnew() {
        VirtualClock late = new VirtualClock(); // its timers never run
        HealthFixture gated = HealthFixture.of(HealthConfig.OFF, 3);
        gated.advance("100S");
        HealthContext context = new HealthContext(
                service -> HealthConfig.OFF,
                gated,
                gated.clock,
                late,
                () -> gated.random,
                () -> gated,
                () -> gated.breakers);
        DestinationBreaker gate =
                context.breakers().ofDestination(gated.balancer().destination().id(), PER_DESTINATION, context);
        shut(gate);
        gated.advance("5.001S");
        for (int i = 0; i < 3; i++) {
            enter(gate);
        }

        assertThat(gate.tryEnter()).isNull();
    }

    @Test
    void aForcedOpenOneThatMayNotEjectStaysForcedOpen() {
        open(1);
        breaker(2).transitionToForcedOpenState();
        fixture.complete(2, 1, Outcome.RESET);

        assertThat(fixture.events).endsWith("overflowed 2 breaker");
        assertThat(state(2)).isEqualTo(CircuitBreaker.State.FORCED_OPEN);
    }

    private static CircuitBreaker whole(HealthFixture gated) {
        return gated.breakers.find("remora/shop/web:http").orElseThrow();
    }

    private static DestinationGate.Entry enter(DestinationGate gate) {
        return Objects.requireNonNull(gate.tryEnter());
    }

    private static void shut(DestinationGate gate) {
        for (int i = 0; i < 10; i++) {
            enter(gate).failed();
        }
    }

    private void open(int number) {
        fixture.complete(number, 10, Outcome.RESET);
        assertThat(fixture.state(number)).isEqualTo(EndpointHealth.State.EJECTED);
    }

    private CircuitBreaker breaker(int number) {
        return fixture.breakers
                .find("remora/shop/web:http/" + three[number - 1].hostPort())
                .orElseThrow();
    }

    private CircuitBreaker.State state(int number) {
        return breaker(number).getState();
    }

    private List<String> names() {
        return fixture.breakers.getAllCircuitBreakers().stream()
                .map(CircuitBreaker::getName)
                .toList();
    }
}
