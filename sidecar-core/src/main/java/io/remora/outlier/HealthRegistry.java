package io.remora.outlier;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.DestinationHealth;
import io.remora.internal.Scheduler;
import io.remora.internal.Ticker;
import io.remora.registry.Destination;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes the health of every Destination, from the traffic, from circuit breakers and from probes. Thread-safe. */
public final class HealthRegistry implements DestinationHealth.Factory, AutoCloseable {

    private final HealthContext context;
    private final Set<OutlierDetector> open = ConcurrentHashMap.newKeySet(); // those whose Destination is there

    /**
     * @param rules how the health of each Service is found out
     * @param listener hears what happens
     * @param ticker the clock that the balancers are made with
     * @param scheduler runs what is due
     * @param random draws the jitter
     * @param prober asked once, when a Service is probed for the first time; closed with this
     * @param breakers asked once, when a Service has a circuit breaker for the first time
     */
    public HealthRegistry(
            HealthRules rules,
            HealthListener listener,
            Ticker ticker,
            Scheduler scheduler,
            Supplier<? extends RandomGenerator> random,
            Supplier<? extends Prober> prober,
            Supplier<CircuitBreakerRegistry> breakers) {
        this.context = new HealthContext(rules, listener, ticker, scheduler, random, prober, breakers);
    }

    @Override
    public DestinationHealth create(Destination destination, DestinationHealth.Host host) {
        return new OutlierDetector(destination.id(), context, host, open);
    }

    /** Everything is healthy from now on: ends the timers, the probes and the circuit breakers. Idempotent. */
    @Override
    public void close() {
        context.refuse();
        open.forEach(OutlierDetector::turnOff);
        context.closeProber();
    }
}
