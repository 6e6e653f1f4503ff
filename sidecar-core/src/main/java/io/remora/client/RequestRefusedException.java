package io.remora.client;

import io.remora.balancer.Admitted;
import io.remora.registry.DestinationId;
import java.net.ConnectException;

/** A request was not sent to any endpoint. Without a stack trace: it tells of the Service, not of the code. */
public final class RequestRefusedException extends ConnectException {

    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** The Service has no endpoint that may be used. */
        NO_ENDPOINT("no_endpoint", "it has no endpoint that is ready"),
        /** As many requests are under way as the Service's limits allow. */
        LIMIT("limit", "as many requests are under way as remora.max-connections or remora.max-pending allows"),
        /** The Service's circuit breaker is open. */
        BREAKER_OPEN("breaker_open", "its circuit breaker is open, since nothing of it works");

        private final String label;
        private final String text;

        Reason(String label, String text) {
            this.label = label;
            this.text = text;
        }

        /** Value of the metric tag. */
        public String label() {
            return label;
        }

        static Reason of(Admitted.Refusal refusal) {
            return switch (refusal) {
                case LIMIT -> LIMIT;
                case BREAKER_OPEN -> BREAKER_OPEN;
            };
        }
    }

    private final Reason reason;

    RequestRefusedException(DestinationId destination, Reason reason) {
        super("request to Service " + destination + " refused: " + reason.text);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
