package io.remora.benchmark;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerConfig.SlowStart;
import io.remora.balancer.BalancerConfig.Weights;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.discovery.IpAddress;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.internal.ThreadScheduler;
import io.remora.internal.Ticker;
import io.remora.outlier.HealthConfig;
import io.remora.outlier.HealthListener;
import io.remora.outlier.HealthRegistry;
import io.remora.outlier.HealthRules;
import io.remora.outlier.SocketProber;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A pick and its completion, as a connection makes them, on the real clock: run with {@code -prof gc} for bytes per pick.
 * The context belongs to the connection; {@link #contextAlone()} tells what it costs, to be taken off.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx256m"}) // as the agent runs in a container
public class PickBenchmark {

    private static final int CLIENTS = 1024;

    @Param({"P2C", "ROUND_ROBIN", "RANDOM", "PEAK_EWMA", "HOT_COLD", "MAGLEV"})
    private BalancerPolicy policy = BalancerPolicy.P2C;

    @Param({"3", "1000"})
    private int endpoints = 3;

    @Param("EVEN")
    private Kind kind = Kind.EVEN;

    private DestinationBalancer balancer = newBalancer();
    private final IpAddress[] clients = newClients();

    /** What there is to consider apart from the policy. */
    public enum Kind {
        EVEN,
        /** Every tenth endpoint or so weighs ten times as much. */
        WEIGHTED,
        /** A third of the endpoints is in slow start, and stays so. */
        WARMING
    }

    @Setup
    public void prepare() {
        balancer = newBalancer();
        long now = System.nanoTime();
        for (int i = 0; i < 20 * endpoints; i++) {
            Pick pick = choose(balancer, new PickContext(ThreadLocalRandom.current(), clients[i % CLIENTS], now));
            pick.answered(1_000_000 + ThreadLocalRandom.current().nextInt(1_000_000), now);
            pick.complete(Outcome.SUCCESS);
        }
    }

    private DestinationBalancer newBalancer() {
        BalancerConfig config = BalancerConfig.DEFAULT.withPolicy(policy);
        if (kind == Kind.WEIGHTED) {
            config = config.withWeights(new Weights(Map.of("*1", 10)));
        } else if (kind == Kind.WARMING) {
            config = config.withSlowStart(new SlowStart(Duration.ofDays(1), 10));
        }
        BalancerRegistry balancers =
                new BalancerRegistry(BalancerRules.always(config), newHealth(), OutcomeListener.NONE, Ticker.SYSTEM);
        int old = kind == Kind.WARMING ? endpoints - endpoints / 3 : endpoints;
        StaticDiscoverySource source = new StaticDiscoverySource(List.of(SyntheticCluster.service(0, old)));
        ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers), Runnable::run);
        registry.start();
        source.update(SyntheticCluster.service(0, endpoints));
        return Objects.requireNonNull(
                balancers.find(Objects.requireNonNull(registry.snapshot().find(SyntheticCluster.address(0)))));
    }

    /** As the agent's. */
    private static HealthRegistry newHealth() {
        return new HealthRegistry(
                HealthRules.always(HealthConfig.DEFAULT),
                HealthListener.NONE,
                Ticker.SYSTEM,
                new ThreadScheduler("benchmark-health"),
                ThreadLocalRandom::current,
                SocketProber::new,
                CircuitBreakerRegistry::ofDefaults);
    }

    private static IpAddress[] newClients() {
        IpAddress[] clients = new IpAddress[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = IpAddress.ofIpv4(0x0af60000 + i);
        }
        return clients;
    }

    /** Nobody completes it: the endpoints' loads grow, all alike. */
    @Benchmark
    public Pick pick() {
        return choose(balancer, newContext());
    }

    @Benchmark
    public void pickAndComplete() {
        complete(choose(balancer, newContext()));
    }

    /** Of what the others cost this is the caller's. */
    @Benchmark
    public void contextAlone() {
        keep(newContext());
    }

    private PickContext newContext() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new PickContext(random, clients[random.nextInt(CLIENTS)], System.nanoTime());
    }

    /** Not inlined, so that neither Pick nor context can be optimised away where the relay's could not. */
    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private static Pick choose(DestinationBalancer balancer, PickContext context) {
        return Objects.requireNonNull(balancer.pick(context));
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private static void complete(Pick pick) {
        pick.complete(Outcome.SUCCESS);
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private static long keep(PickContext context) {
        return context.nowNanos();
    }
}
