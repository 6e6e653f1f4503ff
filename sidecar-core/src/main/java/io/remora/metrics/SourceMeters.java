package io.remora.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.remora.balancer.BalancerRegistry;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** Meters of the registry as a whole and of its source. */
public final class SourceMeters {

    private static final double NANOS_PER_SECOND = 1e9;

    private SourceMeters() {}

    /** Registers them. */
    public static void register(MeterRegistry meters, ServiceRegistry registry) {
        gauge(meters, Meters.SERVICES, registry, from -> from.snapshot().serviceCount());
        gauge(meters, Meters.SYNCED, registry, from -> from.snapshot().synced() ? 1 : 0);
        gauge(meters, Meters.WATCH_CONNECTED, registry, from -> from.status().connected() ? 1 : 0);
        gauge(meters, Meters.WATCH_AGE, registry, SourceMeters::ageSeconds);
        FunctionCounter.builder(
                        Meters.MALFORMED_OBJECTS.meterName(),
                        registry,
                        from -> from.status().malformedObjects())
                .description(Meters.MALFORMED_OBJECTS.help())
                .register(meters);
    }

    /** Registers what is left of endpoints that are gone. */
    public static void registerGone(MeterRegistry meters, ServiceRegistry registry, BalancerRegistry balancers) {
        Gauge.builder(
                        Meters.CONNECTIONS_GONE_ENDPOINT.meterName(),
                        balancers,
                        all -> all.activeGone(registry.snapshot()))
                .description(Meters.CONNECTIONS_GONE_ENDPOINT.help())
                .strongReference(true)
                .register(meters);
    }

    /** Registers what runs: the version of this program, and the Java version under it. */
    public static void registerBuild(MeterRegistry meters, String version) {
        Gauge.builder(Meters.BUILD_INFO.meterName(), () -> 1)
                .description(Meters.BUILD_INFO.help())
                .tag(Meters.TAG_VERSION, version)
                .tag(Meters.TAG_JAVA, Runtime.version().toString())
                .register(meters);
    }

    private static double ageSeconds(ServiceRegistry registry) {
        Duration age = registry.status().age();
        return age == null ? Double.NaN : age.toNanos() / NANOS_PER_SECOND;
    }

    private static void gauge(
            MeterRegistry meters, Meters meter, ServiceRegistry registry, ToDoubleFunction<ServiceRegistry> value) {
        Gauge.builder(meter.meterName(), registry, value)
                .description(meter.help())
                .baseUnit(meter.baseUnit())
                .strongReference(true)
                .register(meters);
    }
}
