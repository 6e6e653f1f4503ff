package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointHealth.State;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.discovery.Endpoint;
import io.remora.discovery.ServiceId;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.internal.ThreadScheduler;
import io.remora.internal.Ticker;
import io.remora.outlier.OutlierConfig.EjectionTime;
import io.remora.registry.ServiceRegistry;
import io.remora.registry.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several threads pick and complete on the real clock while endpoints come and go. */
@Timeout(120)
class HealthStressTest {

    private static final int THREADS = 4;
    private static final int PICKS = 60_000;
    private static final EjectionTime SHORT =
            new EjectionTime(Duration.ofMillis(2), Duration.ofMillis(10), Duration.ofMillis(1));

    private final Endpoint[] all = HealthFixture.some(6);
    private final Set<EndpointState> picked = ConcurrentHashMap.newKeySet();
    private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
    private volatile boolean healed;

    @Test
    void nothingIsLostBetweenThreads() throws Exception {
        OutlierConfig row = HealthFixture.IN_ROW;
        OutlierConfig outlier = new OutlierConfig(
                true,
                2,
                Duration.ofMillis(5),
                SHORT,
                50,
                50,
                OutlierConfig.SuccessRate.DEFAULT,
                OutlierConfig.FailurePercentage.DEFAULT,
                row.comeback());
        BreakerConfig breaker = new BreakerConfig(true, false, 50, Duration.ofSeconds(1), 5, Duration.ofMillis(3), 2);
        HealthConfig config = HealthConfig.OFF.withOutlier(outlier).withBreaker(breaker);
        StaticDiscoverySource source = new StaticDiscoverySource(List.of());
        try (ThreadScheduler scheduler = new ThreadScheduler("health-stress");
                HealthRegistry health = new HealthRegistry(
                        HealthRules.always(config),
                        HealthListener.NONE,
                        Ticker.SYSTEM,
                        scheduler,
                        ThreadLocalRandom::current,
                        SocketProber::new,
                        () -> breakers)) {
            BalancerRegistry balancers = new BalancerRegistry(
                    BalancerRules.always(BalancerConfig.DEFAULT), health, OutcomeListener.NONE, Ticker.SYSTEM);
            new ServiceRegistry(source, List.of(balancers), Runnable::run).start();
            source.update(Services.service("web", "10.96.0.1", all));
            runThreads(balancers, source);
            source.update(Services.service("web", "10.96.0.1", all));
            healed = true;
            DestinationBalancer balancer = balancers.all().iterator().next();
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                for (int i = 0; i < 50; i++) {
                    pickOnce(balancer, new Random(i));
                }
                balancer.candidates()
                        .eligible()
                        .forEach(endpoint ->
                                assertThat(endpoint.health().state()).isEqualTo(State.HEALTHY));
            });
            assertThat(picked)
                    .hasSizeGreaterThanOrEqualTo(6)
                    .allSatisfy(endpoint -> assertThat(endpoint.active()).isZero());
            source.remove(new ServiceId("shop", "web"));
            assertThat(breakers.getAllCircuitBreakers()).isEmpty();
        }
    }

    private void runThreads(BalancerRegistry balancers, StaticDiscoverySource source) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(i);
                running.add(threads.submit(() -> {
                    for (int n = 0; n < PICKS; n++) {
                        balancers.all().forEach(balancer -> pickOnce(balancer, random));
                    }
                }));
            }
            running.add(threads.submit(() -> {
                for (int n = 0; n < 2_000; n++) {
                    source.update(
                            Services.service("web", "10.96.0.1", Arrays.copyOfRange(all, n % 3, all.length - n % 2)));
                }
            }));
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void pickOnce(DestinationBalancer balancer, Random random) {
        PickContext context = new PickContext(random, null, System.nanoTime());
        Pick pick = balancer.pick(context);
        if (pick == null) {
            return;
        }
        picked.add(pick.endpoint());
        if (random.nextInt(4) == 0) {
            balancer.connected(pick, context);
        }
        if (random.nextInt(4) == 0) {
            pick.answered(1, System.nanoTime());
        }
        Outcome[] outcomes = Outcome.values();
        pick.complete(healed || random.nextInt(3) > 0 ? Outcome.SUCCESS : outcomes[random.nextInt(outcomes.length)]);
    }
}
