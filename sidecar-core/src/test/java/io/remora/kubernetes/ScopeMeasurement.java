package io.remora.kubernetes;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.OutcomeListener;
import io.remora.discovery.IpAddress;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import io.remora.registry.Route;
import io.remora.registry.ServiceRegistry;
import io.remora.registry.ServiceRegistry.LookUp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One process that watches in a scope and uses some addresses, for {@link ScopeComparison}: writes a line when it has found
 * all of them, and for each line that it reads one with what it costs. Ends with its input.
 */
final class ScopeMeasurement {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private ScopeMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        WatchScope scope = WatchScope.valueOf(arguments[0]);
        KubernetesConfig config =
                KubernetesConfig.DEFAULT.withScope(scope).withAccess(ApiAccess.kubeconfig(Path.of(arguments[1])));
        ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "registry");
            thread.setDaemon(true);
            return thread;
        });
        long start = System.nanoTime();
        var source = new KubernetesDiscoverySource(config, Ticker.SYSTEM, ThreadLocalRandom::current);
        var balancers = new BalancerRegistry(BalancerPolicy.DEFAULT, OutcomeListener.NONE);
        try (ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers), writer)) {
            registry.start();
            until(() -> registry.snapshot().synced());
            StringBuilder firsts = new StringBuilder();
            long synced = System.nanoTime();
            for (String ip : List.of(arguments).subList(2, arguments.length)) {
                long begin = System.nanoTime();
                use(registry, ip);
                firsts.append(' ').append((System.nanoTime() - begin) / 1_000_000);
            }
            until(() -> registry.status().connected());
            System.out.printf(
                    "synced after %d ms; first use of each address in ms:%s%n", (synced - start) / 1_000_000, firsts);
            var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (in.readLine() != null) {
                report(registry);
            }
        }
        System.exit(0);
    }

    private static void use(ServiceRegistry registry, String ip) throws Exception {
        IpAddress client = IpAddress.parse("10.244.255.1");
        try (LookUp<Route> lookUp = registry.lookUp(TransportAddress.tcp(IpAddress.parse(ip), 80), client)) {
            Route route = lookUp.result().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (route.verdict() != Route.Verdict.FORWARD) {
                throw new IllegalStateException(ip + " leads to " + route);
            }
        }
    }

    private static void report(ServiceRegistry registry) throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        Runtime runtime = Runtime.getRuntime();
        SourceStatus status = registry.status();
        String rss = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("\\D+", ""))
                .findFirst()
                .orElse("0");
        System.out.printf(
                "heap after GC %.1f MiB, RSS %.0f MiB, Services %d, watches %d, connections %d%s%n",
                (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0,
                Long.parseLong(rss) / 1024.0,
                registry.snapshot().serviceCount(),
                status.watches(),
                status.connections(),
                status.problem() == null ? "" : ", problem: " + status.problem());
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("did not come true in " + PATIENCE);
            }
            LockSupport.parkNanos(200_000);
        }
    }
}
