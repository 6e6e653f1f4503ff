package io.remora.outlier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;

/** What both kinds of breakers do with one of resilience4j. Stateless. */
final class BreakerCall {

    private BreakerCall() {}

    /** What a breaker's listeners see of a failure: no stack, as nothing was thrown. */
    static Throwable failure(String what) {
        return new Failure(what);
    }

    /** Whether nobody may pass, by its own judgement or a user's. */
    static boolean isOpen(CircuitBreaker breaker) {
        CircuitBreaker.State state = breaker.getState();
        return state == CircuitBreaker.State.OPEN || state == CircuitBreaker.State.FORCED_OPEN;
    }

    static boolean isHalfOpen(CircuitBreaker breaker) {
        return breaker.getState() == CircuitBreaker.State.HALF_OPEN;
    }

    /** Whether it passes nobody, or a few only. */
    static boolean isShut(CircuitBreaker breaker) {
        return isOpen(breaker) || isHalfOpen(breaker);
    }

    /** From open; what a user forced open stays so. */
    static void halfOpen(CircuitBreaker breaker) {
        if (breaker.getState() == CircuitBreaker.State.OPEN) {
            breaker.transitionToHalfOpenState();
        }
    }

    /** Gives out the permits of a half open breaker anew. */
    static void renew(CircuitBreaker breaker) {
        if (isHalfOpen(breaker)) {
            breaker.transitionToHalfOpenState();
        }
    }

    /** Removes it, unless another has its name by now. */
    static void remove(CircuitBreaker breaker, CircuitBreakerRegistry registry) {
        if (registry.find(breaker.getName()).filter(breaker::equals).isPresent()) {
            registry.remove(breaker.getName());
        }
    }

    private static final class Failure extends Exception {

        private static final long serialVersionUID = 1;

        Failure(String message) {
            super(message, null, false, false);
        }
    }
}
