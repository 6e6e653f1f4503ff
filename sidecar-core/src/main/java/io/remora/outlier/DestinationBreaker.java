package io.remora.outlier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.DestinationGate;
import io.remora.internal.Scheduler;
import io.remora.registry.DestinationId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breaker of a whole Destination, as a gate. After its wait it is half open by a timer, whether somebody comes
 * or not. Thread-safe.
 */
final class DestinationBreaker implements DestinationGate {

    /** Permits of which nothing is heard for so long are given out anew to the next who comes. */
    static final Duration PERMIT_LIMIT = Duration.ofSeconds(60);

    private final DestinationId id;
    private final CircuitBreaker breaker;
    private final CircuitBreakerRegistry registry;
    private final BreakerConfig config;
    private final HealthContext context;
    private volatile long halfOpenNanos; // when it was or will be half open
    private volatile Passage passage = new Passage(); // of this round; another after each opening and renewal
    private Scheduler.@Nullable Task timer; // guarded by this: runs while the breaker is open
    private boolean removed; // guarded by this
    private boolean toldShut; // guarded by this

    DestinationBreaker(
            DestinationId id,
            CircuitBreaker breaker,
            CircuitBreakerRegistry registry,
            BreakerConfig config,
            HealthContext context) {
        this.id = id;
        this.breaker = breaker;
        this.registry = registry;
        this.config = config;
        this.context = context;
    }

    @Override
    public @Nullable Entry tryEnter() {
        if (breaker.tryAcquirePermission()) {
            return entered();
        }
        return BreakerCall.isHalfOpen(breaker)
                        && context.now() - halfOpenNanos >= PERMIT_LIMIT.toNanos()
                        && renewPermits()
                ? entered()
                : null;
    }

    @Override
    public boolean isShut() {
        return BreakerCall.isShut(breaker);
    }

    private Entry entered() {
        if (!BreakerCall.isHalfOpen(breaker)) {
            return passage;
        }
        forgetWait();
        return new Permit(passage);
    }

    /** Whoever asks after the wait makes it half open, perhaps before the timer, which would end the next wait early. */
    private synchronized void forgetWait() {
        if (timer != null && BreakerCall.isHalfOpen(breaker)) {
            timer.cancel();
            timer = null;
        }
    }

    private boolean renewPermits() {
        if (claimRenewal()) {
            BreakerCall.renew(breaker);
        }
        return breaker.tryAcquirePermission();
    }

    private synchronized boolean claimRenewal() {
        long now = context.now();
        if (now - halfOpenNanos < PERMIT_LIMIT.toNanos()) {
            return false;
        }
        halfOpenNanos = now;
        passage = new Passage();
        return true;
    }

    private void succeed() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    private void fail() {
        breaker.onError(0, TimeUnit.NANOSECONDS, BreakerCall.failure("no endpoint that was tried was of use"));
    }

    /** Also a success may open it: the last permit, after the others failed. */
    private void awaitIfOpen() {
        if (BreakerCall.isOpen(breaker)) {
            await();
        }
        tellIfChanged();
    }

    private void tellIfChanged() {
        boolean shut = isShut();
        synchronized (this) {
            if (shut == toldShut || removed) {
                return;
            }
            toldShut = shut;
        }
        context.listener().shut(id, shut);
    }

    private synchronized void await() {
        if (timer == null && !removed) {
            passage = new Passage();
            halfOpenNanos = context.now() + config.waitInOpen().toNanos();
            timer = context.schedule(this::waitIsOver, config.waitInOpen().toNanos());
        }
    }

    // A breaker tells its listeners, which may be a user's: not while a lock is held.
    private void waitIsOver() {
        synchronized (this) {
            timer = null;
            halfOpenNanos = context.now();
        }
        BreakerCall.halfOpen(breaker);
    }

    void remove() {
        synchronized (this) {
            removed = true;
            if (timer != null) {
                timer.cancel();
            }
        }
        BreakerCall.remove(breaker, registry);
    }

    /** The entry of all who came while it was closed. What ends after it has opened decides nothing any more. */
    private final class Passage implements Entry {

        @Override
        public void succeeded() {
            tell(DestinationBreaker.this::succeed);
        }

        @Override
        public void failed() {
            tell(DestinationBreaker.this::fail);
        }

        private void tell(Runnable result) {
            if (passage == this && !isShut()) {
                result.run();
            }
            awaitIfOpen();
        }
    }

    /** The entry of one that holds a permit of a half open breaker. */
    private final class Permit implements Entry {

        private final Passage round;
        private Scheduler.@Nullable Task silence; // guarded by this
        private boolean ended; // guarded by this

        Permit(Passage round) {
            this.round = round;
        }

        /** As with a trial, silence is a success: else connections that are kept for later would hold it half open. */
        @Override
        public synchronized void connected() {
            if (!ended && silence == null) {
                silence = context.schedule(this::succeeded, Trial.SILENCE.toNanos());
            }
        }

        @Override
        public void succeeded() {
            end(DestinationBreaker.this::succeed);
        }

        @Override
        public void failed() {
            end(DestinationBreaker.this::fail);
        }

        @Override
        public void released() {
            end(breaker::releasePermission);
        }

        private void end(Runnable result) {
            if (!claimEnd()) {
                return;
            }
            if (passage == round && BreakerCall.isHalfOpen(breaker)) {
                result.run();
            }
            awaitIfOpen();
        }

        private synchronized boolean claimEnd() {
            if (ended) {
                return false;
            }
            ended = true;
            if (silence != null) {
                silence.cancel();
            }
            return true;
        }
    }
}
