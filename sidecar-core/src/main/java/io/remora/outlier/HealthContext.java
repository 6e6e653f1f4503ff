package io.remora.outlier;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.discovery.ServiceSnapshot;
import io.remora.internal.Scheduler;
import io.remora.internal.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the health of all Destinations shares. What costs something is made when it is asked for first. Thread-safe. */
final class HealthContext {

    private final HealthRules rules;
    private final HealthListener listener;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Supplier<? extends RandomGenerator> random;
    private final GuardedProber prober;
    private final Supplier<CircuitBreakerRegistry> breakerSource;
    private @Nullable Breakers breakers; // guarded by this
    private volatile boolean closed;

    HealthContext(
            HealthRules rules,
            HealthListener listener,
            Ticker ticker,
            Scheduler scheduler,
            Supplier<? extends RandomGenerator> random,
            Supplier<? extends Prober> proberSource,
            Supplier<CircuitBreakerRegistry> breakerSource) {
        this.rules = rules;
        this.listener = new HealthListeners(List.of(listener));
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.random = random;
        this.prober = new GuardedProber(proberSource);
        this.breakerSource = breakerSource;
    }

    /** What holds for a Service; nothing at all once this is closed. */
    HealthConfig configOf(ServiceSnapshot service) {
        return closed ? HealthConfig.OFF : rules.of(service);
    }

    HealthListener listener() {
        return listener;
    }

    long now() {
        return ticker.read();
    }

    Scheduler.Task schedule(Runnable task, long delayNanos) {
        return scheduler.schedule(task, delayNanos);
    }

    /** Draws from zero to the given time, both included. */
    long draw(Duration most) {
        return random.get().nextLong(most.toNanos() + 1);
    }

    Prober prober() {
        return prober;
    }

    synchronized Breakers breakers() {
        Breakers known = breakers;
        if (known == null) {
            known = new Breakers(breakerSource.get(), ticker);
            breakers = known;
        }
        return known;
    }

    /** From now on nothing is ejected in a Destination that changes. */
    void refuse() {
        closed = true;
    }

    void closeProber() {
        prober.close();
    }
}
