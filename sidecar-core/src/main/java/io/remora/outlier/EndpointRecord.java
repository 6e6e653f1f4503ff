package io.remora.outlier;

import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.internal.Scheduler;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The health of one endpoint. What picks tell is counted by their threads without a lock; a change of the state goes through
 * the lock of the Destination, under which {@link Ejections} makes it.
 */
final class EndpointRecord implements EndpointHealth {

    private final OutlierDetector detector;
    private final EndpointState endpoint;
    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final FailureStreak streak = new FailureStreak();
    private final AtomicReference<@Nullable Trial> trial = new AtomicReference<>();
    // Written under the lock of the Destination only.
    private volatile State state = State.HEALTHY;
    private volatile @Nullable Ejection ejection;
    private volatile @Nullable EndpointBreaker breaker;
    // Guarded by the lock of the Destination.
    private HealthListener.@Nullable Rule rule; // by which it is ejected
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
    public boolean tryTrial() {
        if (state != State.TRIAL || trial.get() != null) {
            return false;
        }
        EndpointBreaker half = halfOpenBreaker();
        Trial claim = new Trial(half);
        if (!trial.compareAndSet(null, claim)) {
            return false;
        }
        if (state != State.TRIAL || half != null && !half.tryPermit()) {
            trial.compareAndSet(claim, null);
            return false;
        }
        claim.await(detector.context(), () -> giveUp(claim), Trial.LIMIT);
        return true;
    }

    /** While its breaker is half open, picks need a permit of it. */
    private @Nullable EndpointBreaker halfOpenBreaker() {
        EndpointBreaker current = breaker;
        return current != null && !current.isClosed() ? current : null;
    }

    private void giveUp(Trial claim) {
        if (trial.compareAndSet(claim, null)) {
            claim.release();
        }
    }

    @Override
    public void connected(boolean isTrial) {
        Trial claim = isTrial ? trial.get() : null;
        if (claim != null) {
            claim.await(detector.context(), () -> silent(claim), Trial.SILENCE);
        }
    }

    private void silent(Trial claim) {
        if (trial.get() == claim) {
            succeeded(true);
        }
    }

    @Override
    public void succeeded(boolean isTrial) {
        streak.reset();
        if (detector.isCounting()) {
            successes.increment();
            detector.touch();
        }
        boolean decides = isTrial && endTrial();
        EndpointBreaker current = breaker;
        if (current != null && (decides || state == State.HEALTHY)) {
            current.succeeded();
        }
        if (decides) {
            detector.change(ejections -> ejections.trialSucceeded(this));
        }
    }

    @Override
    public void failed(Outcome outcome, boolean isTrial) {
        if (detector.isCounting()) {
            failures.increment();
            detector.touch();
        }
        boolean decides = isTrial && endTrial();
        if (!decides && state != State.HEALTHY) {
            return; // it was picked before it was ejected, or in a panic: the ejection is about that already
        }
        tellBreaker(outcome);
        if (decides) {
            detector.change(ejections -> ejections.trialFailed(this, outcome));
        } else {
            countInRow(outcome);
        }
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
    public void released(boolean isTrial) {
        Trial claim = isTrial ? trial.getAndSet(null) : null;
        if (claim != null) {
            claim.release();
        }
    }

    /** Returns false if it was ended before, by its timer. */
    private boolean endTrial() {
        Trial claim = trial.getAndSet(null);
        if (claim != null) {
            claim.end();
        }
        return claim != null;
    }

    /** Returns what was counted since the last call. */
    Tally takeTally() {
        return new Tally(this, successes.sumThenReset(), failures.sumThenReset());
    }

    // From here on: under the lock of the Destination.

    /** A new ejection. Whatever was counted until now is part of its cause. */
    void eject(HealthListener.Rule by, Ejection next) {
        clear();
        rule = by;
        times = next.times();
        ejection = next;
        state = State.EJECTED;
    }

    void startTrial() {
        state = State.TRIAL;
    }

    /** It is healthy. */
    void heal(long now) {
        clear();
        healthySinceNanos = now;
        rule = null;
        ejection = null;
        state = State.HEALTHY;
    }

    private void clear() {
        timer(null);
        released(true);
        streak.reset();
        successes.reset();
        failures.reset();
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
        released(true);
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
