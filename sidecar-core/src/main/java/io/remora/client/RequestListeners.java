package io.remora.client;

import io.remora.client.RequestRefusedException.Reason;
import io.remora.registry.DestinationId;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells several listeners, in their order. What one of them throws is logged, and kept from the others and from the request,
 * whose attempt somebody has to end. Thread-safe.
 */
public record RequestListeners(List<RequestListener> all) implements RequestListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(RequestListeners.class);

    public RequestListeners {
        all = List.copyOf(all);
    }

    @Override
    public void began(DestinationId destination) {
        tell(each -> each.began(destination));
    }

    @Override
    public void retried(DestinationId destination) {
        tell(each -> each.retried(destination));
    }

    @Override
    public void refused(DestinationId destination, Reason reason) {
        tell(each -> each.refused(destination, reason));
    }

    private void tell(Consumer<RequestListener> what) {
        for (RequestListener each : all) {
            try {
                what.accept(each);
            } catch (RuntimeException e) {
                LOGGER.atError().setCause(e).log("a listener of requests failed");
            }
        }
    }
}
