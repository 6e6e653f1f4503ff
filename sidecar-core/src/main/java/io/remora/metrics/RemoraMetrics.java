package io.remora.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.outlier.HealthListener;
import io.remora.registry.Destination;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import io.remora.relay.CloseReason;
import io.remora.relay.RelayListener;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Feeds what the registry, the balancers, the health of endpoints and the relay tell into a {@link MeterRegistry}, under the names of
 * {@link Meters}. Thread-safe; nothing in the path of a connection takes a lock once its Service was seen before.
 */
public final class RemoraMetrics implements RegistryListener, OutcomeListener, HealthListener, RelayListener {

    private final PropagationMeter propagation;
    private final RelayMetrics relay;
    private volatile @Nullable RegistrySnapshot latest; // written by the registry's writer

    private volatile @Nullable BalancerRegistry balancers;

    /**
     * @param registry where the meters go
     * @param clock compared with the cluster's clock in the propagation time
     */
    public RemoraMetrics(MeterRegistry registry, InstantSource clock) {
        this.propagation = new PropagationMeter(registry, clock);
        this.relay = new RelayMetrics(id -> new ServiceGauges(id, () -> latest, () -> balancers), destination -> {});
        relay.start(registry);
    }

    /** The balancers are made, which hear of this as their listener: what can be read of them is shown from now on. */
    public void observe(BalancerRegistry observed) {
        balancers = observed;
    }

    @Override
    public void destinationChanged(@Nullable Destination before, @Nullable Destination after) {
        relay.destinationChanged(before, after);
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        propagation.published(latest, changes);
        latest = snapshot;
        relay.published(snapshot, changes);
    }

    @Override
    public void completed(EndpointState endpoint, Outcome outcome) {
        ServiceMeters meters = relay.of(endpoint.destination());
        if (meters != null) {
            meters.picked(outcome.label());
        }
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        ServiceMeters meters = relay.of(endpoint.destination());
        if (meters != null) {
            meters.ejected(rule.label());
        }
    }

    @Override
    public void overflowed(EndpointState endpoint, Rule rule) {
        ServiceMeters meters = relay.of(endpoint.destination());
        if (meters != null) {
            meters.overflowed();
        }
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
