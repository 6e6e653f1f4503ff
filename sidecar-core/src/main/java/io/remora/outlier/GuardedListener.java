package io.remora.outlier;

import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.registry.DestinationId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a listener throws from the change that it hears of, which has timers to set after it. Thread-safe. */
final class GuardedListener implements HealthListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(GuardedListener.class);

    private final HealthListener listener;

    GuardedListener(HealthListener listener) {
        this.listener = listener;
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        tell(() -> listener.ejected(endpoint, rule, ejection));
    }

    @Override
    public void overflowed(EndpointState endpoint, Rule rule) {
        tell(() -> listener.overflowed(endpoint, rule));
    }

    @Override
    public void returned(EndpointState endpoint, Ejection last) {
        tell(() -> listener.returned(endpoint, last));
    }

    @Override
    public void shut(DestinationId destination, boolean shut) {
        tell(() -> listener.shut(destination, shut));
    }

    @Override
    public void panicked(DestinationId destination, boolean panic) {
        tell(() -> listener.panicked(destination, panic));
    }

    private static void tell(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("a listener of health failed");
        }
    }
}
