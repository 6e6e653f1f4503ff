package io.remora.outlier;

import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.internal.Scheduler;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The health of one endpoint. What picks tell is counted by their threads without a lock; a change of the state goes through
 * the lock of the Destination, under which {@link Ejections} makes it.
 */
final class EndpointRecord implements EndpointHealth {

    /** So many trials in a row that end slowly are a failure: one may be a lost packet, a black hole is always slow. */
    private static final int SLOW_TRIALS = 3;

    private final OutlierDetector detector;
    private final EndpointState endpoint;
    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final FailureStreak streak = new FailureStreak();
    private final AtomicReference<@Nullable Trial> trial = new AtomicReference<>();
    private final AtomicInteger slowTrials = new AtomicInteger(); // in a row
    // Written under the lock of the Destination only.
    private volatile State state = State.HEALTHY;
    private volatile @Nullable Ejection ejection;
    private volatile HealthListener.@Nullable Rule rule; // by which it is ejected
    private volatile @Nullable EndpointBreaker breaker;
    // Guarded by the lock of the Destination.
    private Scheduler.@Nullable Task timer; // ends the ejection
    private @Nullable EndpointProbe probe;
    private int times; // how often in a row it was ejected, when it came back
    private long healthySinceNanos;

    EndpointRecord(OutlierDetector detector, EndpointState endpoint) {
        this.detector = detector;
        this.endpoint = endpoint;
        this.healthySinceNanos = detector.context().now();
    }

    EndpointState endpoint() {
        return endpoint;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public @Nullable Ejection ejection() {
        return ejection;
    }

    @Override
    public @Nullable Claim tryTrial() {
        if (state != State.TRIAL || trial.get() != null) {
            return null;
        }
        EndpointBreaker half = halfOpenBreaker();
        Trial claim = new Trial(half);
        if (!trial.compareAndSet(null, claim)) {
            return null;
        }
        if (state != State.TRIAL || half != null && !half.tryPermit()) {
            trial.compareAndSet(claim, null);
            return null;
        }
        claim.await(detector.context(), () -> released(claim), Trial.LIMIT);
        return claim;
    }

    /** While its breaker is half open, picks need a permit of it. */
    private @Nullable EndpointBreaker halfOpenBreaker() {
        EndpointBreaker current = breaker;
        return current != null && !current.isClosed() ? current : null;
    }

    /** Ends a claim. Returns null if it ended before: another one may be in its place. */
    private @Nullable Trial take(@Nullable Claim claim) {
        return claim instanceof Trial mine && trial.compareAndSet(mine, null) ? mine : null;
    }

    @Override
    public void connected(@Nullable Claim claim) {
        if (claim instanceof Trial mine) {
            mine.await(detector.context(), () -> silent(mine), Trial.SILENCE);
        }
    }

    private void silent(Trial claim) {
        Trial mine = take(claim);
        if (mine != null) {
            trialSucceeded(mine);
        }
    }

    @Override
    public void succeeded(@Nullable Claim claim) {
        streak.reset();
        if (detector.isCounting()) {
            successes.increment();
            detector.touch();
        }
        Trial mine = take(claim);
        if (mine != null) {
            trialSucceeded(mine);
        } else if (state == State.HEALTHY) {
            tellBreaker();
        } else if (state == State.EJECTED && detector.isPanic() && !isEjectedByOthers()) {
            detector.change(ejections -> ejections.servedInPanic(this));
        }
    }

    /** Whether one success does not bring it back: its breaker or its probes took it out, and have a rule of their own. */
    boolean isEjectedByOthers() {
        HealthListener.Rule by = rule;
        return by == HealthListener.Rule.BREAKER || by == HealthListener.Rule.PROBE;
    }

    private void trialSucceeded(Trial mine) {
        slowTrials.set(0);
        mine.end();
        tellBreaker();
        detector.change(ejections -> ejections.trialSucceeded(this));
    }

    private void tellBreaker() {
        EndpointBreaker current = breaker;
        if (current != null) {
            current.succeeded();
        }
    }

    @Override
    public void failed(Outcome outcome, @Nullable Claim claim) {
        if (detector.isCounting()) {
            failures.increment();
            detector.touch();
        }
        Trial mine = take(claim);
        if (mine != null) {
            trialFailed(mine, outcome);
        } else if (state == State.HEALTHY) { // else picked before its ejection, or in a panic: it is about that already
            tellBreaker(outcome);
            countInRow(outcome);
        }
    }

    private void trialFailed(Trial mine, Outcome outcome) {
        if (outcome == Outcome.SLOW && slowTrials.incrementAndGet() < SLOW_TRIALS) {
            mine.release(); // the next connection tries again
            return;
        }
        slowTrials.set(0);
        mine.end();
        tellBreaker(outcome);
        detector.change(ejections -> ejections.trialFailed(this, outcome));
    }

    private void tellBreaker(Outcome outcome) {
        EndpointBreaker current = breaker;
        if (current == null) {
            return;
        }
        current.failed(outcome);
        if (current.isOpen() && state == State.HEALTHY) {
            detector.change(ejections -> ejections.breakerOpened(this));
        }
    }

    private void countInRow(Outcome outcome) {
        int threshold = detector.consecutiveFailures() * FailureWeights.ONE;
        if (threshold == 0) {
            return;
        }
        long row = streak.add(outcome);
        if (FailureStreak.weight(row) >= threshold) {
            detector.change(ejections -> ejections.failedInRow(this, FailureStreak.count(row), outcome));
        }
    }

    @Override
    public void released(@Nullable Claim claim) {
        Trial mine = take(claim);
        if (mine != null) {
            mine.release();
        }
    }

    /** Returns what was counted since the last call. */
    Tally takeTally() {
        return new Tally(this, successes.sumThenReset(), failures.sumThenReset());
    }

    // From here on: under the lock of the Destination.

    /** A new ejection. Whatever was counted until now is part of its cause. */
    void eject(HealthListener.Rule by, Ejection next) {
        rule = by;
        times = next.times();
        ejection = next;
        state = State.EJECTED; // before the claim is dropped, so that nobody takes another
        clear();
    }

    void startTrial() {
        state = State.TRIAL;
    }

    /** It is healthy. */
    void heal(long now) {
        state = State.HEALTHY;
        clear();
        healthySinceNanos = now;
        rule = null;
        ejection = null;
    }

    private void clear() {
        timer(null);
        dropClaim();
        slowTrials.set(0);
        streak.reset();
        successes.reset();
        failures.reset();
    }

    private void dropClaim() {
        Trial dropped = trial.getAndSet(null);
        if (dropped != null) {
            dropped.release();
        }
    }

    void forgetRow() {
        streak.reset();
    }

    /** Replaces the timer. */
    void timer(Scheduler.@Nullable Task newer) {
        if (timer != null) {
            timer.cancel();
        }
        timer = newer;
    }

    HealthListener.@Nullable Rule rule() {
        return rule;
    }

    /** How often in a row it was ejected, up to now or when it came back. */
    int times() {
        return times;
    }

    long healthySinceNanos() {
        return healthySinceNanos;
    }

    @Nullable
    EndpointBreaker breaker() {
        return breaker;
    }

    /** Replaces the breaker; the one before is gone. */
    void breaker(@Nullable EndpointBreaker newer) {
        dropClaim();
        EndpointBreaker before = breaker;
        breaker = newer;
        if (before != null) {
            before.remove();
        }
    }

    /** Replaces the probe. */
    void probe(@Nullable EndpointProbe newer) {
        if (probe != null) {
            probe.stop();
        }
        probe = newer;
    }
}
