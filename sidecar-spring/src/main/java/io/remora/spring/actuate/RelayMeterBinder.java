package io.remora.spring.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.remora.embedded.Remora;
import io.remora.metrics.RelayMetrics;
import io.remora.metrics.SourceMeters;
import java.util.function.Supplier;

/**
 * Shows what the relay counts in every registry of meters that it is bound to. It counted from the beginning: the first
 * connections are relayed before there is a registry. Thread-safe.
 */
final class RelayMeterBinder implements MeterBinder {

    private final CompositeMeterRegistry collected = new CompositeMeterRegistry();
    private final RelayMetrics relay;
    private final Supplier<Remora> remora;

    /** @param remora asked when it is bound */
    RelayMeterBinder(RelayMetrics relay, Supplier<Remora> remora) {
        this.relay = relay;
        this.remora = remora;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        collected.add(registry);
        relay.start(collected); // the first time; a composite wants its first registry before its first meter
        Remora observed = remora.get();
        SourceMeters.registerGone(registry, observed.registry(), observed.balancers());
    }
}
