package io.remora.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.discovery.ServiceId;
import io.remora.outlier.HealthListener;
import io.remora.registry.Destination;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import io.remora.relay.CloseReason;
import io.remora.relay.RelayListener;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Feeds what the registry, the balancers, the health of endpoints and the relay tell into a {@link MeterRegistry}, under the names of
 * {@link Meters}. Thread-safe; nothing in the path of a connection takes a lock once its Service was seen before.
 */
public final class RemoraMetrics implements RegistryListener, OutcomeListener, HealthListener, RelayListener {

    private final MeterRegistry registry;
    private final PropagationMeter propagation;
    private final ServiceMeters passThrough;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder held = new LongAdder();
    private final AtomicInteger acceptPaused = new AtomicInteger();
    private final ServiceMetersMap services = new ServiceMetersMap(this::newService);
    private volatile @Nullable RegistrySnapshot latest; // written by the registry's writer

    private volatile @Nullable BalancerRegistry balancers;

    /**
     * @param registry where the meters go
     * @param clock compared with the cluster's clock in the propagation time
     */
    public RemoraMetrics(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.propagation = new PropagationMeter(registry, clock);
        this.passThrough = ServiceMeters.ofPassThrough(registry);
        count(Meters.CONNECTIONS_ACCEPTED, accepted);
        count(Meters.CONNECTIONS_HELD, held);
        Gauge.builder(Meters.ACCEPT_PAUSED.meterName(), acceptPaused, AtomicInteger::get)
                .description(Meters.ACCEPT_PAUSED.help())
                .strongReference(true)
                .register(registry);
    }

    /** The balancers are made, which hear of this as their listener: what can be read of them is shown from now on. */
    public void observe(BalancerRegistry observed) {
        balancers = observed;
    }

    @Override
    public void destinationChanged(@Nullable Destination before, @Nullable Destination after) {
        if (after != null) {
            services.appeared(after.id().service());
        }
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        propagation.published(latest, changes);
        latest = snapshot;
        for (ServiceChange change : changes) {
            ServiceEntry before = change.before();
            ServiceEntry after = change.after();
            if (before != null && (after == null || after.destinations().isEmpty())) {
                services.went(before.service().id());
            }
        }
    }

    @Override
    public void completed(EndpointState endpoint, Outcome outcome) {
        ServiceMeters meters = of(endpoint.destination());
        if (meters != null) {
            meters.picked(outcome.label());
        }
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        ServiceMeters meters = of(endpoint.destination());
        if (meters != null) {
            meters.ejected(rule.label());
        }
    }

    @Override
    public void overflowed(EndpointState endpoint, Rule rule) {
        ServiceMeters meters = of(endpoint.destination());
        if (meters != null) {
            meters.overflowed();
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

    private void count(Meters meter, LongAdder adder) {
        FunctionCounter.builder(meter.meterName(), adder, LongAdder::sum)
                .description(meter.help())
                .register(registry);
    }

    private @Nullable ServiceMeters of(@Nullable DestinationId destination) {
        return destination == null ? passThrough : services.find(destination.service());
    }

    private ServiceMeters newService(ServiceId id) {
        return ServiceMeters.of(
                registry, id.namespace(), id.name(), new ServiceGauges(id, () -> latest, () -> balancers));
    }
}
