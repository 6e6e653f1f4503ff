package io.remora.outlier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.EndpointState;
import io.remora.internal.Ticker;
import io.remora.registry.DestinationId;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Makes the circuit breakers, in a registry that may be a user's own and under names that begin with {@code remora/}. Only
 * what is configured to have a breaker loads this class and those of resilience4j. Thread-safe.
 */
final class Breakers {

    private final CircuitBreakerRegistry registry;
    private final Ticker ticker;
    private final Clock clock;

    Breakers(CircuitBreakerRegistry registry, Ticker ticker) {
        this.registry = registry;
        this.ticker = ticker;
        this.clock = new TickerClock(ticker);
    }

    EndpointBreaker ofEndpoint(DestinationId destination, EndpointState endpoint, BreakerConfig config) {
        return new EndpointBreaker(make("remora/" + destination + "/" + endpoint, config), registry);
    }

    DestinationBreaker ofDestination(DestinationId destination, BreakerConfig config, HealthContext context) {
        return new DestinationBreaker(destination, make("remora/" + destination, config), registry, config, context);
    }

    private CircuitBreaker make(String name, BreakerConfig config) {
        registry.remove(name); // of the pod that had the address before, which goes after this one came
        return registry.circuitBreaker(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindow(
                                (int) Math.min(config.window().toSeconds(), Integer.MAX_VALUE),
                                config.minimumCalls(),
                                SlidingWindowType.TIME_BASED)
                        .failureRateThreshold(config.failureRatePercent())
                        .permittedNumberOfCallsInHalfOpenState(config.permittedInHalfOpen())
                        .waitDurationInOpenState(config.waitInOpen())
                        // Our own timer does both: one of resilience4j's starts threads and knows no other clock.
                        .automaticTransitionFromOpenToHalfOpenEnabled(false)
                        .maxWaitDurationInHalfOpenState(Duration.ZERO)
                        .writableStackTraceEnabled(false)
                        .clock(clock)
                        .currentTimestampFunction(wall -> ticker.read(), TimeUnit.NANOSECONDS)
                        .build());
    }
}
