package io.remora.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.remora.balancer.Outcome;
import io.remora.discovery.ServiceId;
import io.remora.registry.Destination;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import io.remora.relay.CloseReason;
import io.remora.relay.RelayListener;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Feeds what the relay tells into a {@link MeterRegistry}, under the names of {@link Meters}. Thread-safe; nothing in the path
 * of a connection takes a lock once its Service was seen before.
 */
public final class RelayMetrics implements RegistryListener, RelayListener {

    private final Consumer<DestinationId> relayed;
    private final ServiceMeters passThrough;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder held = new LongAdder();
    private final AtomicInteger acceptPaused = new AtomicInteger();
    private final ServiceMetersMap services;
    private volatile @Nullable MeterRegistry registry; // written once, under this

    /** Meters of connections alone, beside the {@link RequestMetrics} that have the rest of a Service. Counts, not shown yet. */
    public RelayMetrics() {
        this(destination -> {});
    }

    /**
     * As {@link #RelayMetrics()}.
     *
     * @param relayed told of each connection that goes to a Service, before it counts
     */
    public RelayMetrics(Consumer<DestinationId> relayed) {
        this(id -> null, relayed);
    }

    /** @param gauges what can be read of a Service; null for nothing */
    RelayMetrics(Function<ServiceId, @Nullable ServiceGauges> gauges, Consumer<DestinationId> relayed) {
        this.relayed = relayed;
        this.passThrough = ServiceMeters.ofPassThrough(() -> registry);
        this.services = new ServiceMetersMap(
                id -> ServiceMeters.of(() -> registry, id.namespace(), id.name(), gauges.apply(id)));
    }

    /** Shows what was counted, and is from now on. The first call decides where. */
    public synchronized void start(MeterRegistry meters) {
        if (registry != null) {
            return;
        }
        registry = meters;
        count(meters, Meters.CONNECTIONS_ACCEPTED, accepted);
        count(meters, Meters.CONNECTIONS_HELD, held);
        Gauge.builder(Meters.ACCEPT_PAUSED.meterName(), acceptPaused, AtomicInteger::get)
                .description(Meters.ACCEPT_PAUSED.help())
                .strongReference(true)
                .register(meters);
        passThrough.showIfUsed();
        services.showUsed();
    }

    /** Returns those of a Service, or of what goes to none; null if nobody knows it any more. */
    @Nullable
    ServiceMeters of(@Nullable DestinationId destination) {
        return destination == null ? passThrough : services.find(destination.service());
    }

    @Override
    public void destinationChanged(@Nullable Destination before, @Nullable Destination after) {
        if (after != null) {
            services.appeared(after.id().service());
        }
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        for (ServiceChange change : changes) {
            ServiceEntry before = change.before();
            ServiceEntry after = change.after();
            if (before != null && (after == null || after.destinations().isEmpty())) {
                services.went(before.service().id());
            }
        }
    }

    @Override
    public void accepted() {
        accepted.increment();
        passThrough.entered();
    }

    @Override
    public void held() {
        held.increment();
    }

    @Override
    public Traffic opened(@Nullable DestinationId destination) {
        passThrough.left(); // there it was as long as nobody knew where it goes
        if (destination != null) {
            relayed.accept(destination);
            return services.opened(destination.service());
        }
        passThrough.opened();
        return passThrough;
    }

    @Override
    public void retried(@Nullable DestinationId destination) {
        ServiceMeters meters = of(destination);
        if (meters != null) {
            meters.retried();
        }
    }

    @Override
    public void connectAttempt(@Nullable DestinationId destination, Outcome outcome, long nanos) {
        ServiceMeters meters = of(destination);
        if (meters != null) {
            meters.attempted(outcome.label());
        }
    }

    @Override
    public void closed(@Nullable DestinationId destination, CloseReason reason, long sent, long received, long nanos) {
        if (destination == null) {
            passThrough.closed(reason.label());
        } else {
            services.closed(destination.service(), reason.label());
        }
    }

    @Override
    public void acceptPaused() {
        acceptPaused.incrementAndGet();
    }

    @Override
    public void acceptResumed() {
        acceptPaused.decrementAndGet();
    }

    private static void count(MeterRegistry registry, Meters meter, LongAdder adder) {
        FunctionCounter.builder(meter.meterName(), adder, LongAdder::sum)
                .description(meter.help())
                .register(registry);
    }
}
