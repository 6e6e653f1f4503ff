package io.remora.outlier;

import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.registry.DestinationId;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells several listeners, in their order. What one of them throws is logged, and kept from the others and from the change
 * that they hear of, which has timers to set after it. Thread-safe.
 */
public record HealthListeners(List<HealthListener> all) implements HealthListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(HealthListeners.class);

    public HealthListeners {
        all = List.copyOf(all);
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        tell(each -> each.ejected(endpoint, rule, ejection));
    }

    @Override
    public void overflowed(EndpointState endpoint, Rule rule) {
        tell(each -> each.overflowed(endpoint, rule));
    }

    @Override
    public void returned(EndpointState endpoint, Ejection last) {
        tell(each -> each.returned(endpoint, last));
    }

    @Override
    public void shut(DestinationId destination, boolean shut) {
        tell(each -> each.shut(destination, shut));
    }

    @Override
    public void panicked(DestinationId destination, boolean panic) {
        tell(each -> each.panicked(destination, panic));
    }

    private void tell(Consumer<HealthListener> what) {
        for (HealthListener each : all) {
            try {
                what.accept(each);
            } catch (RuntimeException e) {
                LOGGER.atError().setCause(e).log("a listener of health failed");
            }
        }
    }
}
