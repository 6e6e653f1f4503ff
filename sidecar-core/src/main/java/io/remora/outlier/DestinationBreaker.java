package io.remora.outlier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.DestinationGate;
import io.remora.internal.Scheduler;
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

    private final CircuitBreaker breaker;
    private final CircuitBreakerRegistry registry;
    private final BreakerConfig config;
    private final HealthContext context;
    private volatile long halfOpenNanos;
    private Scheduler.@Nullable Task timer; // guarded by this: runs while the breaker is open
    private boolean removed; // guarded by this

    DestinationBreaker(
            CircuitBreaker breaker, CircuitBreakerRegistry registry, BreakerConfig config, HealthContext context) {
        this.breaker = breaker;
        this.registry = registry;
        this.config = config;
        this.context = context;
    }

    @Override
    public boolean tryEnter() {
        if (breaker.tryAcquirePermission()) {
            return true;
        }
        return BreakerCall.isHalfOpen(breaker)
                && context.now() - halfOpenNanos >= PERMIT_LIMIT.toNanos()
                && renewPermits();
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
        return true;
    }

    @Override
    public void succeeded() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
        awaitIfOpen();
    }

    @Override
    public void failed() {
        breaker.onError(0, TimeUnit.NANOSECONDS, BreakerCall.failure("no endpoint that was tried was of use"));
        awaitIfOpen();
    }

    @Override
    public void released() {
        breaker.releasePermission();
    }

    /** Also a success may open it: the last permit, after the others failed. */
    private void awaitIfOpen() {
        if (BreakerCall.isOpen(breaker)) {
            await();
        }
    }

    private synchronized void await() {
        if (timer == null && !removed) {
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
}
