package io.remora.outlier;

import java.time.Duration;

/**
 * resilience4j circuit breakers. Immutable and validated.
 *
 * @param perEndpoint whether each endpoint has one, which ejects it while it is open
 * @param perDestination whether the Destination has one, which refuses connections while it is open
 * @param failureRatePercent that opens it
 * @param window over which the rate is taken
 * @param minimumCalls in the window, below which it does not open
 * @param waitInOpen after which it is half open
 * @param permittedInHalfOpen calls that decide whether it closes
 */
public record BreakerConfig(
        boolean perEndpoint,
        boolean perDestination,
        int failureRatePercent,
        Duration window,
        int minimumCalls,
        Duration waitInOpen,
        int permittedInHalfOpen) {

    /** No breaker. */
    public static final BreakerConfig OFF =
            new BreakerConfig(false, false, 50, Duration.ofSeconds(10), 10, Duration.ofSeconds(5), 3);

    public BreakerConfig {
        if (failureRatePercent < 1 || failureRatePercent > 100) {
            throw new IllegalArgumentException("the breaker's failure rate must be 1-100 %: " + failureRatePercent);
        }
        if (window.toSeconds() < 1 || waitInOpen.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "the breaker's window must be 1 s at least, and its wait 1 ms: " + window + ", " + waitInOpen);
        }
        if (minimumCalls < 1 || permittedInHalfOpen < 1) {
            throw new IllegalArgumentException(
                    "the breaker's numbers of calls must be positive: " + minimumCalls + ", " + permittedInHalfOpen);
        }
    }
}
