package io.remora.benchmark;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.OutcomeListener;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.registry.ServiceRegistry;
import java.lang.management.ManagementFactory;
import java.util.List;

/** Prints the heap that the values, the registry and the balancers of a large cluster hold. */
public final class RegistryMemory {

    private static final int SERVICES = 10_000;
    private static final int ENDPOINTS_EACH = 5;

    private RegistryMemory() {}

    public static void main(String[] args) {
        long before = usedHeap();
        BalancerRegistry balancers = new BalancerRegistry(BalancerPolicy.P2C, OutcomeListener.NONE);
        ServiceRegistry registry = new ServiceRegistry(
                new StaticDiscoverySource(SyntheticCluster.services(SERVICES, ENDPOINTS_EACH)),
                List.of(balancers),
                Runnable::run);
        registry.start();
        long after = usedHeap();
        System.out.printf(
                "%d Services, %d endpoints: %.1f MiB of heap, %d bytes an endpoint%n",
                registry.snapshot().serviceCount(),
                SERVICES * ENDPOINTS_EACH,
                (after - before) / 1024.0 / 1024.0,
                (after - before) / (SERVICES * ENDPOINTS_EACH));
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
