package io.remora.benchmark;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.OutcomeListener;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.registry.Destination;
import io.remora.registry.ServiceRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** 10,000 Services with 50,000 endpoints: what one look-up and one changed Service cost. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RegistryBenchmark {

    private static final int SERVICES = 10_000;

    private final TransportAddress known = SyntheticCluster.address(4_711);
    private final TransportAddress unknown = SyntheticCluster.address(SERVICES + 1);
    private final ServiceSnapshot[] versions = {SyntheticCluster.service(4_711, 5), SyntheticCluster.service(4_711, 6)};
    private final StaticDiscoverySource source = new StaticDiscoverySource(SyntheticCluster.services(SERVICES, 5));
    private final ServiceRegistry registry = new ServiceRegistry(
            source, List.of(new BalancerRegistry(BalancerPolicy.P2C, OutcomeListener.NONE)), Runnable::run);
    private int turn;

    @Setup
    public void start() {
        registry.start();
    }

    @Benchmark
    public @Nullable Destination findKnown() {
        return registry.snapshot().find(known);
    }

    @Benchmark
    public @Nullable Destination findUnknown() {
        return registry.snapshot().find(unknown);
    }

    /** One endpoint more or less in one Service, until it is published and its balancer knows. */
    @Benchmark
    public long changeOneService() {
        turn++;
        source.update(versions[turn & 1]);
        return registry.snapshot().version();
    }
}
