package io.remora.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.client.RequestListener;
import io.remora.client.RequestRefusedException;
import io.remora.discovery.ServiceId;
import io.remora.outlier.HealthListener;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Feeds what is told of the requests of this process into a {@link MeterRegistry}, under the names of {@link Meters}, as
 * {@link RemoraMetrics} does for connections that are relayed. Thread-safe; nothing in the path of a request takes a lock
 * once its Service was seen before.
 */
public final class RequestMetrics implements RegistryListener, OutcomeListener, HealthListener, RequestListener {

    private final MeterRegistry registry;
    private final Supplier<BalancerRegistry> balancers;
    private final PropagationMeter propagation;
    private final Map<ServiceId, RequestMeters> services = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable RegistrySnapshot> latest = new AtomicReference<>();

    /**
     * @param registry where the meters go
     * @param clock compared with the cluster's clock in the propagation time
     * @param balancers asked for once a request was made
     */
    public RequestMetrics(MeterRegistry registry, InstantSource clock, Supplier<BalancerRegistry> balancers) {
        this.registry = registry;
        this.balancers = balancers;
        this.propagation = new PropagationMeter(registry, clock);
    }

    /**
     * Begins in the midst.
     *
     * @param present what was known when this had been made a listener; it does not count if it has heard of a change since
     */
    public void start(RegistrySnapshot present) {
        latest.compareAndSet(null, present);
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        propagation.published(latest.getAndSet(snapshot), changes);
        for (ServiceChange change : changes) {
            ServiceEntry before = change.before();
            ServiceEntry after = change.after();
            if (before != null && (after == null || after.destinations().isEmpty())) {
                services.computeIfPresent(before.service().id(), (id, meters) -> {
                    meters.goAway();
                    return null;
                });
            }
        }
    }

    @Override
    public void began(DestinationId destination) {
        RequestMeters meters = used(destination);
        if (meters != null) {
            meters.requested();
        }
    }

    @Override
    public void retried(DestinationId destination) {
        RequestMeters meters = used(destination);
        if (meters != null) {
            meters.retried();
        }
    }

    @Override
    public void refused(DestinationId destination, RequestRefusedException.Reason reason) {
        RequestMeters meters = used(destination);
        if (meters != null) {
            meters.refused(reason.label());
        }
    }

    @Override
    public void completed(EndpointState endpoint, Outcome outcome) {
        RequestMeters meters = services.get(endpoint.destination().service());
        if (meters != null) {
            meters.picked(outcome.label());
        }
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        RequestMeters meters = services.get(endpoint.destination().service());
        if (meters != null) {
            meters.ejected(rule.label());
        }
    }

    @Override
    public void overflowed(EndpointState endpoint, Rule rule) {
        RequestMeters meters = services.get(endpoint.destination().service());
        if (meters != null) {
            meters.overflowed();
        }
    }

    /** A connection to a Service is relayed beside the requests: what holds for both is shown from now on. */
    public void relayed(DestinationId destination) {
        used(destination);
    }

    /** Returns those of a Service that a request is made to; null if it went this very moment. */
    private @Nullable RequestMeters used(DestinationId destination) {
        RequestMeters known = services.get(destination.service());
        return known != null ? known : services.computeIfAbsent(destination.service(), this::show);
    }

    private @Nullable RequestMeters show(ServiceId id) {
        RegistrySnapshot current = latest.get();
        ServiceEntry entry = current == null ? null : current.service(id);
        return entry == null || entry.destinations().isEmpty()
                ? null
                : new RequestMeters(registry, id, new ServiceGauges(id, latest::get, balancers));
    }
}
