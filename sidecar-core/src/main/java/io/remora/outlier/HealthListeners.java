package io.remora.outlier;

import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.registry.DestinationId;
import java.util.List;

/** Tells several listeners, in their order. */
public record HealthListeners(List<HealthListener> all) implements HealthListener {

    public HealthListeners {
        all = List.copyOf(all);
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        all.forEach(each -> each.ejected(endpoint, rule, ejection));
    }

    @Override
    public void overflowed(EndpointState endpoint, Rule rule) {
        all.forEach(each -> each.overflowed(endpoint, rule));
    }

    @Override
    public void returned(EndpointState endpoint, Ejection last) {
        all.forEach(each -> each.returned(endpoint, last));
    }

    @Override
    public void shut(DestinationId destination, boolean shut) {
        all.forEach(each -> each.shut(destination, shut));
    }

    @Override
    public void panicked(DestinationId destination, boolean panic) {
        all.forEach(each -> each.panicked(destination, panic));
    }
}
