package io.remora.spring.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.client.RequestListener;
import io.remora.client.RequestRefusedException;
import io.remora.embedded.Remora;
import io.remora.metrics.RequestMetrics;
import io.remora.metrics.SourceMeters;
import io.remora.outlier.HealthListener;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Feeds every registry of meters that it is bound to. It hears of everything from the beginning and needs no registry
 * for it: one may itself be made of what makes requests. Spring Boot binds it before the watch starts, but for that of a relay.
 * Thread-safe.
 */
final class RemoraMeterBinder
        implements MeterBinder, RegistryListener, OutcomeListener, HealthListener, RequestListener {

    private final Supplier<Remora> remora;
    private final List<RequestMetrics> bound = new CopyOnWriteArrayList<>();
    private final Set<DestinationId> relayedBefore = ConcurrentHashMap.newKeySet(); // before it was bound

    /**
     * @param remora asked when it is bound
     */
    RemoraMeterBinder(Supplier<Remora> remora) {
        this.remora = remora;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Remora observed = remora.get();
        RequestMetrics metrics = new RequestMetrics(registry, InstantSource.system(), observed::balancers);
        bound.add(metrics);
        metrics.start(observed.registry().snapshot()); // the relay's watch may be older than every registry of meters
        relayedBefore.forEach(metrics::relayed);
        SourceMeters.register(registry, observed.registry());
    }

    /** A connection is relayed: its Service is shown as one that requests go to. */
    void relayed(DestinationId destination) {
        if (bound.isEmpty()) {
            relayedBefore.add(destination);
        }
        bound.forEach(each -> each.relayed(destination));
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        bound.forEach(each -> each.published(snapshot, changes));
    }

    @Override
    public void completed(EndpointState endpoint, Outcome outcome) {
        bound.forEach(each -> each.completed(endpoint, outcome));
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        bound.forEach(each -> each.ejected(endpoint, rule, ejection));
    }

    @Override
    public void overflowed(EndpointState endpoint, Rule rule) {
        bound.forEach(each -> each.overflowed(endpoint, rule));
    }

    @Override
    public void began(DestinationId destination) {
        bound.forEach(each -> each.began(destination));
    }

    @Override
    public void retried(DestinationId destination) {
        bound.forEach(each -> each.retried(destination));
    }

    @Override
    public void refused(DestinationId destination, RequestRefusedException.Reason reason) {
        bound.forEach(each -> each.refused(destination, reason));
    }
}
