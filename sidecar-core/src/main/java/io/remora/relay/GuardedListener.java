package io.remora.relay;

import io.remora.balancer.Outcome;
import io.remora.registry.DestinationId;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Keeps what a listener throws from the connection that it is told of, and from the event loop: it becomes a log line, one
 * in ten seconds. Thread-safe.
 */
final class GuardedListener implements RelayListener {

    private final RelayListener listener;
    private final Logger logger;
    private final LogLimiter limiter;

    GuardedListener(RelayListener listener, Logger logger, LogLimiter limiter) {
        this.listener = listener;
        this.logger = logger;
        this.limiter = limiter;
    }

    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private Traffic ask(Supplier<Traffic> call) {
        try {
            return call.get();
        } catch (RuntimeException | Error e) {
            failed(e);
            return Traffic.NONE;
        }
    }

    private void failed(Throwable problem) {
        if (limiter.allows()) {
            logger.atError().setCause(problem).addKeyValue("listener", listener).log("relay listener failed");
        }
    }

    @Override
    public void accepted() {
        tell(listener::accepted);
    }

    @Override
    public void held() {
        tell(listener::held);
    }

    @Override
    public Traffic opened(@Nullable DestinationId destination) {
        Traffic traffic = ask(() -> listener.opened(destination));
        return traffic == Traffic.NONE ? traffic : new GuardedTraffic(traffic);
    }

    @Override
    public void retried(@Nullable DestinationId destination) {
        tell(() -> listener.retried(destination));
    }

    @Override
    public void connectAttempt(@Nullable DestinationId destination, Outcome outcome, long nanos) {
        tell(() -> listener.connectAttempt(destination, outcome, nanos));
    }

    @Override
    public void closed(@Nullable DestinationId destination, CloseReason reason, long sent, long received, long nanos) {
        tell(() -> listener.closed(destination, reason, sent, received, nanos));
    }

    @Override
    public void acceptPaused() {
        tell(listener::acceptPaused);
    }

    @Override
    public void acceptResumed() {
        tell(listener::acceptResumed);
    }

    /** The same for the bytes of a connection, without an object for each batch. */
    private final class GuardedTraffic implements Traffic {

        private final Traffic traffic;

        private GuardedTraffic(Traffic traffic) {
            this.traffic = traffic;
        }

        @Override
        public void sent(long bytes) {
            try {
                traffic.sent(bytes);
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }

        @Override
        public void received(long bytes) {
            try {
                traffic.received(bytes);
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
    }
}
