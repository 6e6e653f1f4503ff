package io.remora.spring.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
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
import java.util.function.Supplier;

/**
 * Feeds every registry of meters that it is bound to. It hears of everything from the beginning and needs no registry
 * for it: one may itself be made of what makes requests, and connections are relayed before there is any. Thread-safe.
 */
final class RemoraMeterBinder
        implements MeterBinder, RegistryListener, OutcomeListener, HealthListener, RequestListener {

    private final Supplier<Remora> remora;
    private final CompositeMeterRegistry collected = new CompositeMeterRegistry();
    private final RequestMetrics requests;

    /**
     * @param remora asked when it is bound, or hears of a request
     */
    RemoraMeterBinder(Supplier<Remora> remora) {
        this.remora = remora;
        this.requests = new RequestMetrics(
                collected, InstantSource.system(), () -> remora.get().balancers());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        collected.add(registry);
        SourceMeters.register(registry, remora.get().registry());
    }

    /** A connection is relayed: its Service is shown as one that requests go to. */
    void relayed(DestinationId destination) {
        requests.relayed(destination);
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        requests.published(snapshot, changes);
    }

    @Override
    public void completed(EndpointState endpoint, Outcome outcome) {
        requests.completed(endpoint, outcome);
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        requests.ejected(endpoint, rule, ejection);
    }

    @Override
    public void overflowed(EndpointState endpoint, Rule rule) {
        requests.overflowed(endpoint, rule);
    }

    @Override
    public void began(DestinationId destination) {
        requests.began(destination);
    }

    @Override
    public void retried(DestinationId destination) {
        requests.retried(destination);
    }

    @Override
    public void refused(DestinationId destination, RequestRefusedException.Reason reason) {
        requests.refused(destination, reason);
    }
}
