package io.remora.relay;

import io.remora.balancer.Admitted;

/** Why a connection from downstream ended. */
public enum CloseReason {
    /** Both sides ended their streams. */
    COMPLETED("completed"),
    /** The client reset it while it was relayed. */
    CLIENT_RESET("client_reset"),
    /** The endpoint reset it, or stopped answering, while it was relayed. */
    UPSTREAM_RESET("upstream_reset"),
    /** The client reset it before an endpoint was connected; also while it waited to be accepted. */
    CLIENT_LEFT("client_left"),
    /** The Service has no usable endpoint; reset at once. */
    NO_ENDPOINT("no_endpoint"),
    /** The Service's {@code loadBalancerSourceRanges} do not hold the client; reset at once. */
    OUTSIDE_SOURCE_RANGES("outside_source_ranges"),
    /** The ClusterIP's Service does not have the port; reset at once. */
    UNDEFINED_PORT("undefined_port"),
    /** The Service has as many connections open, or connecting, as its limits allow; reset at once. */
    LIMIT("limit"),
    /** The Service's circuit breaker is open, since nothing of it works; reset at once. */
    BREAKER_OPEN("breaker_open"),
    /** Every connect attempt failed, and at least one endpoint was to blame. */
    CONNECT_FAILED("connect_failed"),
    /** Our own trouble: no file descriptor, no ephemeral port, no route, no memory. */
    LOCAL_ERROR("local_error"),
    /** It was dialled to the relay itself, so nobody knows where it should go. */
    NOT_REDIRECTED("not_redirected"),
    /** It leads back into the relay: our own dial was captured, or its target is our listener. */
    LOOP("loop"),
    /** No byte moved for the idle timeout. */
    IDLE_TIMEOUT("idle_timeout"),
    /** Its endpoint had been gone from the Service for the time that is set. */
    ENDPOINT_GONE("endpoint_gone"),
    /** The relay was closed. */
    SHUTDOWN("shutdown");

    private final String label;

    CloseReason(String label) {
        this.label = label;
    }

    static CloseReason of(Admitted.Refusal refusal) {
        return switch (refusal) {
            case LIMIT -> LIMIT;
            case BREAKER_OPEN -> BREAKER_OPEN;
        };
    }

    /** Value of the metric tag. */
    public String label() {
        return label;
    }
}
