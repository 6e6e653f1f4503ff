package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.Outcome;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.balancer.RetryBudget;
import io.remora.discovery.IpAddress;
import io.remora.registry.DestinationId;
import io.remora.relay.Dialer.Attempt;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The connect ladder in virtual time, with scripted connect results. */
class UpstreamConnectorTest {

    private static final InetSocketAddress A = new InetSocketAddress("10.0.0.1", 80);
    private static final InetSocketAddress B = new InetSocketAddress("10.0.0.2", 80);
    private static final InetSocketAddress C = new InetSocketAddress("10.0.0.3", 80);
    private static final InetSocketAddress D = new InetSocketAddress("10.0.0.4", 80);
    private static final InetSocketAddress E = new InetSocketAddress("10.0.0.5", 80);
    private static final Duration NEVER = Duration.ofDays(1);

    private final VirtualTimers time = new VirtualTimers();
    private TestServices services = new TestServices();
    private final FakeNetwork network = new FakeNetwork();
    private final Result result = new Result();
    private final Counts counts = new Counts();

    @Test
    void firstEndpointThatConnectsIsUsedAndNoOtherIsDialled() {
        services.shop(A, B);
        network.answers(A, Duration.ofMillis(1), Outcome.SUCCESS);
        network.answers(B, Duration.ofMillis(1), Outcome.SUCCESS);
        connect();
        time.advance(Duration.ofSeconds(10));
        assertThat(network.dialled).hasSize(1);
        assertThat(result.connected).isEqualTo(network.dialled.get(0).address);
        assertOverAndComplete();
    }

    @Test
    void stepsAre250And500AndThen1000MillisecondsOnDistinctEndpoints() {
        services.shop(A, B, C, D, E);
        connect();
        time.advance(Duration.ofMinutes(1));
        assertThat(network.dialTimes()).containsExactly(0L, 250L, 750L, 1750L);
        assertThat(network.dialled.stream().map(dial -> dial.address)).doesNotHaveDuplicates();
        assertThat(result.slow).isEqualTo(1);
    }

    @Test
    void refusedAttemptStartsTheNextAtOnce() {
        services.shop(A, B, C);
        for (InetSocketAddress endpoint : List.of(A, B, C)) {
            network.answers(endpoint, Duration.ofMillis(2), Outcome.REFUSED);
        }
        connect();
        time.advance(Duration.ofMillis(6));
        assertThat(network.dialTimes()).containsExactly(0L, 2L, 4L);
        assertThat(result.failed).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(services.outcomes).containsExactly(Outcome.REFUSED, Outcome.REFUSED, Outcome.REFUSED);
        assertOverAndComplete();
    }

    @Test
    void slowAttemptStaysOpenAndMayStillWin() {
        services.shop(A, B);
        network.answers(first(), Duration.ofMillis(300), Outcome.SUCCESS);
        connect();
        time.advance(Duration.ofSeconds(1));
        assertThat(network.dialTimes()).containsExactly(0L, 250L);
        assertThat(result.connected).isEqualTo(network.dialled.get(0).address);
        assertThat(network.dialled.get(1).cancelled).isTrue();
        assertThat(services.outcomes).containsExactly(Outcome.CANCELLED);
        assertOverAndComplete();
    }

    @Test
    void onlyEndpointIsRepeatedOnTheLadderAndThenWaitedFor() {
        services.shop(A);
        connect();
        time.advance(Duration.ofMinutes(2));
        assertThat(network.dialTimes()).containsExactly(0L, 250L, 750L, 1750L);
        assertThat(result.failed).isNull();
        network.dialled.get(0).attempt.connected();
        assertThat(result.connected).isEqualTo(A);
        assertOverAndComplete();
    }

    @Test
    void onlyEndpointThatRefusesIsNotDialledAgain() {
        services.shop(A);
        network.answers(A, Duration.ofMillis(1), Outcome.REFUSED);
        connect();
        time.advance(Duration.ofMillis(1));
        assertThat(network.dialled).hasSize(1);
        assertThat(result.failed).isEqualTo(CloseReason.CONNECT_FAILED);
        assertOverAndComplete();
    }

    @Test
    void attemptsFailWhenTheKernelGivesUpOnAllOfThem() {
        services.shop(A);
        network.answers(A, Duration.ofSeconds(127), Outcome.TIMEOUT);
        connect();
        time.advance(Duration.ofSeconds(126));
        assertThat(result.failed).isNull();
        time.advance(Duration.ofSeconds(10));
        assertThat(result.failed).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(services.outcomes).hasSize(4).containsOnly(Outcome.TIMEOUT);
        assertOverAndComplete();
    }

    @Test
    void loserThatWasOpenForTheFailFastTimeCountsAsTimeOut() {
        services.shop(A, B);
        InetSocketAddress first = first();
        network.answers(first.equals(A) ? B : A, Duration.ofSeconds(4), Outcome.SUCCESS);
        connect();
        time.advance(Duration.ofSeconds(5));
        assertThat(services.outcomes).contains(Outcome.TIMEOUT);
        assertOverAndComplete();
    }

    @Test
    void silentAttemptThatALaterOneToAnotherEndpointOvertookIsSlow() {
        services.shop(A, B);
        InetSocketAddress first = first();
        network.answers(first.equals(A) ? B : A, Duration.ofMillis(1), Outcome.SUCCESS);
        connect();
        time.advance(Duration.ofSeconds(1));
        assertThat(result.connected).isNotNull().isNotEqualTo(first);
        assertThat(services.outcomes).containsExactly(Outcome.SLOW);
        assertThat(counts.attempts).containsExactly(Outcome.SLOW, Outcome.SUCCESS);
        assertOverAndComplete();
    }

    @Test
    void attemptThatWasOvertakenBeforeItsOwnStepIsNotSlow() {
        services.shop(A, B, C);
        connect();
        time.advance(Duration.ofMillis(250));
        network.dialled.get(0).over = true;
        network.dialled.get(0).attempt.failed(DialFailure.later(Errno.ECONNREFUSED)); // the third begins at once
        time.advance(Duration.ofMillis(10));
        network.dialled.get(2).attempt.connected();
        assertThat(services.outcomes).containsExactly(Outcome.REFUSED, Outcome.CANCELLED);
        assertOverAndComplete();
    }

    @Test
    void onlyEndpointThatAnswersALaterAttemptIsNotSlow() {
        services.shop(A);
        connect();
        time.advance(Duration.ofMillis(300));
        network.dialled.get(1).attempt.connected();
        assertThat(services.outcomes).containsExactly(Outcome.CANCELLED);
        assertOverAndComplete();
    }

    @Test
    void serviceWithoutEndpointsFailsAtOnce() {
        services.shop();
        connect();
        assertThat(result.failed).isEqualTo(CloseReason.NO_ENDPOINT);
        assertOverAndComplete();
    }

    @Test
    void clientThatLeavesCancelsEveryAttemptAndBlamesNobody() {
        services.shop(A, B, C);
        UpstreamConnector<FakeDial> connector = connect();
        time.advance(Duration.ofSeconds(30));
        connector.cancel();
        assertThat(network.dialled).hasSize(4).allMatch(dial -> dial.cancelled);
        assertThat(services.outcomes).hasSize(4).containsOnly(Outcome.CANCELLED);
        assertThat(result.ends).isZero();
        assertThat(services.inFlight()).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void ownTroubleIsNobodysFault() {
        services.shop(A, B);
        network.failsAtOnce = new DialFailure(Outcome.LOCAL_ERROR, Errno.EADDRNOTAVAIL, false);
        connect();
        assertThat(result.failed).isEqualTo(CloseReason.LOCAL_ERROR);
        assertThat(services.outcomes).containsExactly(Outcome.LOCAL_ERROR, Outcome.LOCAL_ERROR);
        assertOverAndComplete();
    }

    @Test
    void withoutADescriptorTheSameIsTriedAgainUntilThereIsOne() {
        services.shop(A);
        network.failsAtOnce = new DialFailure(Outcome.LOCAL_ERROR, Errno.EMFILE, true);
        connect();
        time.advance(Duration.ofSeconds(1));
        assertThat(result.exhausted).isPositive();
        assertThat(result.ends).isZero();
        network.failsAtOnce = null;
        network.answers(A, Duration.ofMillis(1), Outcome.SUCCESS);
        time.advance(Duration.ofSeconds(1));
        assertThat(result.connected).isEqualTo(A);
        assertOverAndComplete();
    }

    @Test
    void whatCannotBeDialledForWantOfADescriptorIsOneAttemptAndOnePickHoweverOftenItIsTried() {
        services.shop(A, B, C);
        network.failsAtOnce = new DialFailure(Outcome.LOCAL_ERROR, Errno.EMFILE, true);
        connect();
        time.advance(Duration.ofSeconds(2));
        assertThat(services.inFlight()).isOne();
        assertThat(services.outcomes).isEmpty();
        network.failsAtOnce = null;
        List.of(A, B, C).forEach(endpoint -> network.answers(endpoint, Duration.ofMillis(1), Outcome.SUCCESS));
        time.advance(Duration.ofSeconds(1));
        assertThat(counts.attempts).containsExactly(Outcome.SUCCESS);
        assertThat(counts.retries).isZero();
        assertOverAndComplete();
        assertThat(services.outcomes).containsExactly(Outcome.SUCCESS);
        assertThat(services.picks()).isOne();
    }

    @Test
    void withoutADescriptorForTheFailFastTimeOneAttemptIsCountedThoughThereAreMoreEndpoints() {
        services.shop(A, B, C);
        network.failsAtOnce = new DialFailure(Outcome.LOCAL_ERROR, Errno.EMFILE, true);
        connect();
        time.advance(Duration.ofSeconds(4));
        assertThat(result.failed).isEqualTo(CloseReason.LOCAL_ERROR);
        assertThat(counts.attempts).containsExactly(Outcome.LOCAL_ERROR);
        assertThat(counts.retries).isZero();
        assertThat(services.picks()).isOne();
        assertOverAndComplete();
    }

    @Test
    void stepThatFindsNoDescriptorIsNoRetryAndTheFirstMayStillWin() {
        services.shop(A, B);
        network.answers(first(), Duration.ofMillis(1100), Outcome.SUCCESS);
        connect();
        network.failsAtOnce = new DialFailure(Outcome.LOCAL_ERROR, Errno.EMFILE, true);
        time.advance(Duration.ofSeconds(1));
        assertThat(services.inFlight()).isEqualTo(2);
        time.advance(Duration.ofSeconds(1));
        assertThat(result.connected).isNotNull();
        assertThat(counts.attempts).containsExactly(Outcome.SUCCESS);
        assertThat(counts.retries).isZero();
        assertThat(services.outcomes).containsExactly(Outcome.CANCELLED);
        assertOverAndComplete();
    }

    @Test
    void clientThatLeavesWhileADescriptorIsWaitedForHoldsNoPick() {
        services.shop(A, B);
        network.failsAtOnce = new DialFailure(Outcome.LOCAL_ERROR, Errno.EMFILE, true);
        UpstreamConnector<FakeDial> connector = connect();
        time.advance(Duration.ofSeconds(1));
        connector.cancel();
        assertThat(services.inFlight()).isZero();
        assertThat(services.outcomes).containsExactly(Outcome.CANCELLED);
        assertThat(time.pending()).isZero();
    }

    @Test
    void firstDialThatThrowsLeavesNoPickInFlight() {
        services.shop(A, B);
        network.broken = new IllegalStateException("dialer");
        assertThatThrownBy(this::connect).isSameAs(network.broken);
        assertThat(services.inFlight()).isZero();
        assertThat(services.outcomes).containsExactly(Outcome.LOCAL_ERROR);
        assertThat(time.pending()).isZero();
    }

    @Test
    void laterDialThatThrowsIsToldAndCancellingLeavesNoPickInFlight() {
        services.shop(A, B);
        UpstreamConnector<FakeDial> connector = connect();
        network.broken = new IllegalStateException("dialer");
        time.advance(Duration.ofMillis(250));
        assertThat(result.broken).isSameAs(network.broken);
        connector.cancel();
        assertThat(services.inFlight()).isZero();
        assertThat(services.outcomes).containsExactlyInAnyOrder(Outcome.LOCAL_ERROR, Outcome.CANCELLED);
        assertThat(network.dialled).hasSize(1).allMatch(dial -> dial.cancelled);
        assertThat(time.pending()).isZero();
    }

    @Test
    void listenerThatThrowsAtAnyOfItsCallsLeavesNoPickInFlight() {
        for (int call = 1; call <= 3; call++) { // refused, retried, connected
            UpstreamConnectorTest run = new UpstreamConnectorTest();
            run.services.shop(A, B);
            InetSocketAddress first = first();
            run.network.answers(first, Duration.ofMillis(1), Outcome.REFUSED);
            run.network.answers(first.equals(A) ? B : A, Duration.ofMillis(1), Outcome.SUCCESS);
            run.counts.failsAt = call;
            UpstreamConnector<FakeDial> connector = run.connect();
            for (int i = 0; i < 10 && run.result.ends == 0; i++) {
                try {
                    run.time.advance(Duration.ofMillis(1));
                } catch (IllegalStateException e) {
                    run.network
                            .dialled
                            .get(run.network.dialled.size() - 1)
                            .attempt
                            .broken(e);
                }
                if (run.result.broken != null) {
                    connector.cancel();
                    run.result.ends++;
                }
            }
            assertThat(run.result.broken).as("call %s", call).isNotNull();
            run.time.advance(Duration.ofSeconds(1));
            assertThat(run.services.inFlight()).as("call %s", call).isZero();
            assertThat(run.time.pending()).as("call %s", call).isZero();
        }
    }

    @Test
    void withoutADescriptorForTheFailFastTimeTheConnectionFails() {
        services.shop(A);
        network.failsAtOnce = new DialFailure(Outcome.LOCAL_ERROR, Errno.EMFILE, true);
        connect();
        time.advance(Duration.ofSeconds(4));
        assertThat(result.failed).isEqualTo(CloseReason.LOCAL_ERROR);
        assertThat(services.outcomes).containsOnly(Outcome.LOCAL_ERROR);
        assertOverAndComplete();
    }

    @Test
    void addressThatIsNoServiceIsDialledOnceAndWaitedFor() {
        new UpstreamConnector<>(
                        Targets.single(E), network, time, time, RelayConfig.Connect.DEFAULT, RelayListener.NONE, result)
                .start();
        time.advance(Duration.ofMinutes(1));
        assertThat(network.dialled).hasSize(1);
        assertThat(result.slow).isEqualTo(1);
        assertThat(time.pending()).isZero();
        network.dialled.get(0).attempt.connected();
        assertThat(result.connected).isEqualTo(E);
    }

    @Test
    void withoutBudgetAStepAddsNoAttemptAndTheFirstIsWaitedForAsByAPlainClient() {
        budget(0, 0);
        services.shop(A, B);
        network.answers(first(), Duration.ofSeconds(70), Outcome.SUCCESS);
        connect();
        time.advance(Duration.ofSeconds(69));
        assertThat(network.dialTimes()).containsExactly(0L);
        assertThat(result.slow).isEqualTo(1);
        time.advance(Duration.ofSeconds(1));
        assertThat(result.connected).isEqualTo(network.dialled.get(0).address);
        assertThat(counts.retries).isZero();
        assertThat(services.balancer().retryBudget().exhausted()).isEqualTo(1);
        assertOverAndComplete();
    }

    @Test
    void withoutBudgetAFailureIsTheEndAsForAPlainClient() {
        budget(0, 0);
        services.shop(A, B);
        network.answers(A, Duration.ofMillis(2), Outcome.REFUSED);
        network.answers(B, Duration.ofMillis(2), Outcome.REFUSED);
        connect();
        time.advance(Duration.ofMillis(2));
        assertThat(network.dialTimes()).containsExactly(0L);
        assertThat(result.failed).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(services.outcomes).containsExactly(Outcome.REFUSED);
        assertOverAndComplete();
    }

    @Test
    void stepsAskAgainUntilThereIsBudget() {
        budget(0, 1);
        services.shop(A, B);
        spendAllBut(0);
        connect();
        time.advance(Duration.ofSeconds(2));
        // Asked at 250 and 750 ms in vain, which counts once; at 1,750 ms one was earned.
        assertThat(network.dialTimes()).containsExactly(0L, 1750L);
        assertThat(services.balancer().retryBudget().exhausted()).isEqualTo(1);
        network.dialled.get(1).attempt.connected();
        assertOverAndComplete();
    }

    @Test
    void withoutBudgetAFailureLeavesOpenWhatIsOpen() {
        budget(0, 1);
        services.shop(A, B, C);
        spendAllBut(1);
        connect();
        time.advance(Duration.ofMillis(250));
        network.dialled.get(1).over = true;
        network.dialled.get(1).attempt.failed(DialFailure.later(Errno.ECONNREFUSED));
        time.advance(Duration.ofMillis(100));
        assertThat(network.dialTimes()).containsExactly(0L, 250L);
        network.dialled.get(0).attempt.connected();
        assertThat(result.connected).isEqualTo(network.dialled.get(0).address);
        assertOverAndComplete();
    }

    @Test
    void eachAttemptAfterTheFirstPaysOnce() {
        budget(0, 1);
        services.shop(A, B, C, D, E);
        spendAllBut(5);
        connect();
        time.advance(Duration.ofMillis(1800));
        assertThat(network.dialTimes()).containsExactly(0L, 250L, 750L, 1750L);
        assertThat(attemptsLeft()).isEqualTo(3); // of 5, and one of the two seconds
        network.dialled.get(0).attempt.connected();
        assertOverAndComplete();
    }

    @Test
    void nothingIsAskedForWhereNothingIsLeftToDial() {
        budget(0, 0);
        services.shop(A);
        network.answers(A, Duration.ofMillis(1), Outcome.REFUSED);
        connect();
        time.advance(Duration.ofMillis(1));
        assertThat(result.failed).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(services.balancer().retryBudget().exhausted()).isZero();
        assertOverAndComplete();
    }

    @Test
    void attemptThatWaitsForADescriptorHasPaid() {
        budget(0, 1);
        services.shop(A, B);
        spendAllBut(1);
        network.answers(A, Duration.ofMillis(1), Outcome.REFUSED);
        network.answers(B, Duration.ofMillis(1), Outcome.REFUSED);
        connect();
        network.failsAtOnce = new DialFailure(Outcome.LOCAL_ERROR, Errno.EMFILE, true);
        time.advance(Duration.ofMillis(500));
        assertThat(result.exhausted).isPositive();
        assertThat(result.ends).isZero();
        network.failsAtOnce = null;
        network.answers(A, Duration.ofMillis(1), Outcome.SUCCESS);
        network.answers(B, Duration.ofMillis(1), Outcome.SUCCESS);
        time.advance(Duration.ofMillis(100));
        assertThat(result.connected).isNotNull();
        assertThat(services.balancer().retryBudget().exhausted()).isZero();
        assertOverAndComplete();
    }

    @Test
    void silentTrialIsOvertakenAfterAQuarterOfTheStepWithoutBudgetAndFails() {
        FakeHealth health = trial(A, 0, 0);
        services.shop(A, B);
        network.answers(B, Duration.ofMillis(1), Outcome.SUCCESS);
        connect();
        time.advance(Duration.ofSeconds(1));
        assertThat(network.dialTimes()).containsExactly(0L, 62L);
        assertThat(network.dialled.get(0).address).isEqualTo(A);
        assertThat(result.connected).isEqualTo(B);
        assertThat(health.endpoints).containsExactly("slow trial");
        assertOverAndComplete();
    }

    @Test
    void trialThatIsRefusedCostsTheClientNothingNotEvenBudget() {
        FakeHealth health = trial(A, 0, 0);
        services.shop(A, B);
        network.answers(A, Duration.ofMillis(1), Outcome.REFUSED);
        network.answers(B, Duration.ofMillis(1), Outcome.SUCCESS);
        connect();
        time.advance(Duration.ofMillis(2));
        assertThat(result.connected).isEqualTo(B);
        assertThat(health.endpoints).containsExactly("refused trial");
        assertOverAndComplete();
    }

    @Test
    void behindATrialThereIsOneFreeAttemptAndThenTheLadderGoesOn() {
        trial(A, 0, 0);
        services.shop(A, B, C);
        connect();
        time.advance(Duration.ofSeconds(5));
        assertThat(network.dialTimes()).containsExactly(0L, 62L);
        network.dialled.get(1).attempt.connected();
        assertThat(result.connected).isNotNull().isNotEqualTo(A);
        assertOverAndComplete();

        UpstreamConnectorTest run = new UpstreamConnectorTest();
        run.trial(A, 20, 10);
        run.services.shop(A, B, C);
        run.connect();
        run.time.advance(Duration.ofSeconds(5));
        assertThat(run.network.dialTimes()).containsExactly(0L, 62L, 562L, 1562L);
    }

    @Test
    void behindATrialThereIsAnotherAttemptAlsoWhereOneIsAllThatIsSet() {
        for (boolean silent : List.of(true, false)) {
            UpstreamConnectorTest run = new UpstreamConnectorTest();
            run.trial(A, 0, 0);
            run.services.shop(A, B);
            run.network.answers(A, silent ? NEVER : Duration.ofMillis(1), Outcome.REFUSED);
            run.network.answers(B, Duration.ofMillis(1), Outcome.SUCCESS);
            run.connect(new RelayConfig.Connect(List.of(), Duration.ofSeconds(3)));
            run.time.advance(Duration.ofSeconds(1));
            assertThat(run.network.dialTimes()).containsExactly(0L, silent ? 62L : 1L);
            assertThat(run.result.connected).isEqualTo(B);
            run.time.advance(NEVER);
            run.assertOverAndComplete();
        }
    }

    @Test
    void healthThatThrowsLeavesNoAttemptOpen() {
        FakeHealth health = trial(A, 20, 10);
        services.shop(A, B, C);
        UpstreamConnector<FakeDial> connector = connect();
        time.advance(Duration.ofSeconds(5));
        health.failing = true;
        assertThatThrownBy(connector::cancel).hasMessage("health");
        assertThat(network.dialled).hasSize(4).allMatch(dial -> dial.cancelled);
        assertThat(services.inFlight()).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void whateverHappensThereIsOneEndAndEveryPickIsCompleted() {
        List<InetSocketAddress> all = List.of(A, B, C, D, E);
        Outcome[] outcomes = {Outcome.SUCCESS, Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.TIMEOUT};
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            UpstreamConnectorTest run = new UpstreamConnectorTest();
            if (random.nextBoolean()) {
                run.trial(A, 0, random.nextInt(2));
            }
            List<InetSocketAddress> some = all.subList(0, random.nextInt(all.size() + 1));
            run.services.shop(some.toArray(InetSocketAddress[]::new));
            for (InetSocketAddress endpoint : some) {
                Duration after = random.nextInt(4) == 0 ? NEVER : Duration.ofMillis(random.nextInt(3000));
                run.network.answers(endpoint, after, outcomes[random.nextInt(outcomes.length)]);
            }
            UpstreamConnector<FakeDial> connector = run.connect();
            if (random.nextInt(4) == 0) {
                run.time.advance(Duration.ofMillis(random.nextInt(3000)));
                if (run.result.ends == 0) {
                    connector.cancel();
                    run.result.ends = 1;
                }
            }
            run.time.advance(NEVER.multipliedBy(2));
            assertThat(run.network.dialled).as("seed %s", seed).hasSizeLessThanOrEqualTo(4);
            run.assertOverAndComplete();
        }
    }

    private UpstreamConnector<FakeDial> connect() {
        return connect(RelayConfig.Connect.DEFAULT);
    }

    private UpstreamConnector<FakeDial> connect(RelayConfig.Connect config) {
        var connector = new UpstreamConnector<>(
                Targets.balanced(services.balancer(), new SplittableRandom(1), IpAddress.parse("10.244.0.1"), 0),
                network,
                time,
                time,
                config,
                counts,
                result);
        connector.start();
        return connector;
    }

    private void budget(int percent, int perSecond) {
        health(new FakeHealth(), percent, perSecond);
    }

    private FakeHealth trial(InetSocketAddress endpoint, int percent, int perSecond) {
        return health(new FakeHealth(endpoint), percent, perSecond);
    }

    private FakeHealth health(FakeHealth health, int percent, int perSecond) {
        BalancerConfig config =
                TestServices.config(BalancerConfig.Limits.UNLIMITED, new BalancerConfig.Retry(percent, perSecond));
        services = new TestServices(config, health, time);
        return health;
    }

    private void spendAllBut(int attempts) {
        RetryBudget budget = services.balancer().retryBudget();
        for (int full = 10; full > attempts; full--) {
            assertThat(budget.tryWithdraw(time.read())).isTrue();
        }
    }

    private int attemptsLeft() {
        int left = 0;
        while (services.balancer().retryBudget().tryWithdraw(time.read())) {
            left++;
        }
        return left;
    }

    /** The endpoint that the next connector dials first. */
    private InetSocketAddress first() {
        TestServices twin = new TestServices();
        twin.shop(A, B);
        PickContext context = new PickContext(new SplittableRandom(1));
        return Objects.requireNonNull(twin.balancer().pick(context)).endpoint().address();
    }

    private void assertOverAndComplete() {
        assertThat(result.ends).isEqualTo(1);
        if (result.pick != null) {
            result.pick.complete(Outcome.SUCCESS); // throws if the connector completed the winner's
        }
        assertThat(services.inFlight()).isZero();
        assertThat(time.pending()).isZero();
        assertThat(network.dialled).allMatch(dial -> dial.over || dial.cancelled);
    }

    private static final class FakeDial {
        private final InetSocketAddress address;
        private final Attempt attempt;
        private final long atMillis;
        private boolean over;
        private boolean cancelled;

        private FakeDial(InetSocketAddress address, Attempt attempt, long atMillis) {
            this.address = address;
            this.attempt = attempt;
            this.atMillis = atMillis;
        }
    }

    private record Answer(Duration after, Outcome outcome) {}

    private final class FakeNetwork implements Dialer<FakeDial> {
        private final Map<InetSocketAddress, Answer> answers = new HashMap<>();
        private final List<FakeDial> dialled = new ArrayList<>();
        private @Nullable DialFailure failsAtOnce;
        private @Nullable RuntimeException broken;

        void answers(InetSocketAddress address, Duration after, Outcome outcome) {
            answers.put(address, new Answer(after, outcome));
        }

        List<Long> dialTimes() {
            return dialled.stream().map(dial -> dial.atMillis).toList();
        }

        @Override
        public Dialer.Result<FakeDial> dial(InetSocketAddress address, Attempt attempt) {
            if (broken != null) {
                throw broken;
            }
            if (failsAtOnce != null) {
                return new Dialer.Result.Failed<>(failsAtOnce);
            }
            FakeDial dial =
                    new FakeDial(address, attempt, Duration.ofNanos(time.read()).toMillis());
            dialled.add(dial);
            Answer answer = answers.get(address);
            if (answer != null) {
                time.schedule(() -> end(dial, answer.outcome), answer.after.toNanos());
            }
            return new Dialer.Result.Pending<>(dial);
        }

        private void end(FakeDial dial, Outcome outcome) {
            if (dial.cancelled) {
                return;
            }
            if (outcome == Outcome.SUCCESS) {
                dial.attempt.connected(); // over once the handler has it
            } else {
                dial.over = true;
                dial.attempt.failed(new DialFailure(outcome, Errno.UNKNOWN, false));
            }
        }

        @Override
        public void cancel(FakeDial dial) {
            assertThat(dial.cancelled).isFalse();
            assertThat(dial.over).isFalse();
            dial.cancelled = true;
        }
    }

    private static final class Result implements UpstreamConnector.Handler<FakeDial> {
        private @Nullable InetSocketAddress connected;
        private @Nullable Pick pick;
        private @Nullable CloseReason failed;
        private int ends;
        private int slow;
        private int exhausted;
        private @Nullable Throwable broken;

        @Override
        public void connected(FakeDial socket, Target target, long nowNanos) {
            socket.over = true;
            ends++;
            connected = target.address();
            pick = target.pick();
        }

        @Override
        public void failed(CloseReason reason) {
            ends++;
            failed = reason;
        }

        @Override
        public void slow() {
            slow++;
        }

        @Override
        public void exhausted(int errno) {
            exhausted++;
        }

        @Override
        public void broken(Throwable problem) {
            broken = problem;
        }
    }

    private static final class Counts implements RelayListener {
        private final List<Outcome> attempts = new ArrayList<>();
        private int retries;
        private int calls;
        private int failsAt;

        @Override
        public void retried(@Nullable DestinationId destination) {
            retries++;
            called();
        }

        @Override
        public void connectAttempt(@Nullable DestinationId destination, Outcome outcome, long nanos) {
            attempts.add(outcome);
            called();
        }

        private void called() {
            if (++calls == failsAt) {
                throw new IllegalStateException("listener");
            }
        }
    }
}
