package io.remora.outlier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.Outcome;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The circuit breaker of one endpoint. It is told of every pick of a healthy endpoint, and of those on trial that hold a
 * permit of it. Thread-safe.
 */
final class EndpointBreaker {

    private final CircuitBreaker breaker;
    private final CircuitBreakerRegistry registry;

    EndpointBreaker(CircuitBreaker breaker, CircuitBreakerRegistry registry) {
        this.breaker = breaker;
        this.registry = registry;
    }

    void succeeded() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    void failed(Outcome outcome) {
        breaker.onError(0, TimeUnit.NANOSECONDS, BreakerCall.failure(outcome.label()));
    }

    /**
     * Asks for one of the permits of a half open breaker. Whoever gets it tells how it ended, or {@linkplain #release gives
     * it back}. There is one asker at a time, so permits that are missing are lost, and are given out anew.
     */
    boolean tryPermit() {
        if (breaker.tryAcquirePermission()) {
            return true;
        }
        if (!BreakerCall.isHalfOpen(breaker)) {
            return false;
        }
        BreakerCall.renew(breaker);
        return breaker.tryAcquirePermission();
    }

    void release() {
        breaker.releasePermission();
    }

    boolean isOpen() {
        return BreakerCall.isOpen(breaker);
    }

    boolean isClosed() {
        return !isOpen() && !BreakerCall.isHalfOpen(breaker);
    }

    void halfOpen() {
        BreakerCall.halfOpen(breaker);
    }

    /** What a user forced open or disabled stays so. */
    void close() {
        CircuitBreaker.State state = breaker.getState();
        if (state == CircuitBreaker.State.OPEN || state == CircuitBreaker.State.HALF_OPEN) {
            breaker.transitionToClosedState();
        }
    }

    /** Why it is open, in words. */
    String cause() {
        CircuitBreaker.Metrics metrics = breaker.getMetrics();
        return metrics.getFailureRate() < 0
                ? "its circuit breaker was opened"
                : String.format(
                        Locale.ROOT,
                        "its circuit breaker opened: %.0f %% of %d picks failed",
                        metrics.getFailureRate(),
                        metrics.getNumberOfBufferedCalls());
    }

    void remove() {
        BreakerCall.remove(breaker, registry);
    }
}
