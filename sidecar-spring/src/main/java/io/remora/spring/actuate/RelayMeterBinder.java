package io.remora.spring.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.remora.balancer.Outcome;
import io.remora.embedded.Remora;
import io.remora.metrics.RelayMetrics;
import io.remora.metrics.SourceMeters;
import io.remora.registry.Destination;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import io.remora.relay.CloseReason;
import io.remora.relay.RelayListener;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Feeds what the relay tells into every registry of meters that it is bound to. It counts from the beginning: the first
 * connections are relayed before there is a registry. Thread-safe.
 */
final class RelayMeterBinder implements MeterBinder, RegistryListener, RelayListener {

    private final CompositeMeterRegistry collected = new CompositeMeterRegistry();
    private final RelayMetrics relay = new RelayMetrics();
    private final RemoraMeterBinder services;
    private final Supplier<Remora> remora;

    /**
     * @param services has what is not of connections alone
     * @param remora asked when it is bound
     */
    RelayMeterBinder(RemoraMeterBinder services, Supplier<Remora> remora) {
        this.services = services;
        this.remora = remora;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        collected.add(registry);
        relay.start(collected); // the first time; a composite wants its first registry before its first meter
        Remora observed = remora.get();
        SourceMeters.registerGone(registry, observed.registry(), observed.balancers());
    }

    @Override
    public void destinationChanged(@Nullable Destination before, @Nullable Destination after) {
        relay.destinationChanged(before, after);
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        relay.published(snapshot, changes);
    }

    @Override
    public void accepted() {
        relay.accepted();
    }

    @Override
    public void held() {
        relay.held();
    }

    @Override
    public Traffic opened(@Nullable DestinationId destination) {
        if (destination != null) {
            services.relayed(destination);
        }
        return relay.opened(destination);
    }

    @Override
    public void retried(@Nullable DestinationId destination) {
        relay.retried(destination);
    }

    @Override
    public void connectAttempt(@Nullable DestinationId destination, Outcome outcome, long nanos) {
        relay.connectAttempt(destination, outcome, nanos);
    }

    @Override
    public void closed(@Nullable DestinationId destination, CloseReason reason, long sent, long received, long nanos) {
        relay.closed(destination, reason, sent, received, nanos);
    }

    @Override
    public void acceptPaused() {
        relay.acceptPaused();
    }

    @Override
    public void acceptResumed() {
        relay.acceptResumed();
    }
}
