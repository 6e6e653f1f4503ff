package io.remora.benchmark;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.registry.ServiceRegistry;
import java.util.List;
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

/** A pick and its completion, as a connection makes them: run with {@code -prof gc} for bytes per pick. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PickBenchmark {

    @Param({"P2C", "ROUND_ROBIN", "RANDOM"})
    private BalancerPolicy policy = BalancerPolicy.P2C;

    @Param({"3", "1000"})
    private int endpoints = 3;

    private DestinationBalancer balancer = newBalancer();

    @Setup
    public void prepare() {
        balancer = newBalancer();
    }

    private DestinationBalancer newBalancer() {
        BalancerRegistry balancers = new BalancerRegistry(policy, OutcomeListener.NONE);
        ServiceRegistry registry = new ServiceRegistry(
                new StaticDiscoverySource(List.of(SyntheticCluster.service(0, endpoints))),
                List.of(balancers),
                Runnable::run);
        registry.start();
        return Objects.requireNonNull(
                balancers.find(Objects.requireNonNull(registry.snapshot().find(SyntheticCluster.address(0)))));
    }

    @Benchmark
    public void pick() {
        complete(choose(balancer));
    }

    /** Not inlined, so that the Pick cannot be optimised away where the relay could not. */
    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private static Pick choose(DestinationBalancer balancer) {
        return Objects.requireNonNull(balancer.pick(new PickContext(ThreadLocalRandom.current())));
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private static void complete(Pick pick) {
        pick.complete(Outcome.SUCCESS);
    }
}
