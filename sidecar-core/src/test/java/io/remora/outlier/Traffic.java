package io.remora.outlier;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.internal.VirtualClock;
import io.remora.registry.ServiceRegistry;
import io.remora.registry.Services;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;

/** An endpoint is ejected and comes back, with the default configuration and nothing of resilience4j. */
public final class Traffic implements Runnable {

    @Override
    public void run() {
        VirtualClock clock = new VirtualClock();
        Random chance = new Random(1);
        HealthRegistry health = new HealthRegistry(
                HealthRules.always(HealthConfig.DEFAULT),
                HealthListener.NONE,
                clock,
                clock,
                () -> chance,
                SocketProber::new,
                new NoBreakers());
        BalancerRules random = BalancerRules.always(BalancerConfig.DEFAULT.withPolicy(BalancerPolicy.RANDOM));
        BalancerRegistry balancers = new BalancerRegistry(random, health, OutcomeListener.NONE, clock);
        StaticDiscoverySource source = new StaticDiscoverySource(
                List.of(Services.service("web", "10.96.0.1", Services.ready("10.0.0.1", "10.0.0.2"))));
        new ServiceRegistry(source, List.of(balancers), Runnable::run).start();
        DestinationBalancer balancer = balancers.all().iterator().next();
        EndpointHealth sick = balancer.candidates().eligible().get(0).health();
        fail(balancer, chance, sick);
        clock.advance(Duration.ofSeconds(40));
        pick(balancer, chance).complete(Outcome.SUCCESS);
        require(sick.state() == EndpointHealth.State.HEALTHY);
        health.close();
        require(clock.isIdle());
    }

    private static void fail(DestinationBalancer balancer, Random random, EndpointHealth sick) {
        for (int i = 0; i < 100; i++) {
            Pick pick = pick(balancer, random);
            pick.complete(pick.endpoint().health() == sick ? Outcome.REFUSED : Outcome.SUCCESS);
        }
        require(sick.state() == EndpointHealth.State.EJECTED);
    }

    private static Pick pick(DestinationBalancer balancer, Random random) {
        return Objects.requireNonNull(balancer.pick(new PickContext(random)));
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("not as it must be");
        }
    }

    /** A class, since a lambda's own type would load the library. */
    private static final class NoBreakers implements Supplier<CircuitBreakerRegistry> {

        @Override
        public CircuitBreakerRegistry get() {
            throw new IllegalStateException("nobody has a breaker");
        }
    }
}
