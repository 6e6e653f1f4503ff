package io.remora.embedded;

import io.micrometer.core.instrument.Metrics;
import io.remora.balancer.BalancerRegistry;
import io.remora.metrics.RequestMetrics;
import io.remora.metrics.SourceMeters;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Feeds Micrometer's global registry, for an application that does not say where meters go. Loaded only where Micrometer is
 * there.
 */
final class GlobalMeters {

    private static final String MICROMETER = "io.micrometer.core.instrument.Metrics";

    private GlobalMeters() {}

    /** Whether Micrometer is on the class path. */
    static boolean isPossible() {
        try {
            Class.forName(MICROMETER, false, SharedRemora.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** Has what is built feed it from the beginning. */
    static void join(Remora.Builder builder) {
        AtomicReference<@Nullable BalancerRegistry> balancers = new AtomicReference<>();
        RequestMetrics metrics = new RequestMetrics(
                Metrics.globalRegistry,
                InstantSource.system(),
                () -> Objects.requireNonNull(balancers.get(), "asked for before it was built"));
        builder.registryListener(metrics)
                .outcomeListener(metrics)
                .healthListener(metrics)
                .requestListener(metrics)
                .observer(built -> {
                    balancers.set(built.balancers());
                    SourceMeters.register(Metrics.globalRegistry, built.registry());
                });
    }
}
