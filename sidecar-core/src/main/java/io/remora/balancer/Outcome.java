package io.remora.balancer;

/** How an operation on a picked endpoint ended. */
public enum Outcome {
    /** It did what it was asked for. */
    SUCCESS("success"),
    /** The endpoint refused the connection. */
    REFUSED("refused"),
    /** The endpoint did not answer the connect in time. */
    TIMEOUT("timeout"),
    /**
     * The endpoint had not answered the connect by the step of the connect ladder, and another one that was dialled after
     * it answered first. It may be a packet that was lost: less of a failure than the others.
     */
    SLOW("slow"),
    /** The endpoint was reached for, and the network said no: unreachable, reset during the handshake. */
    UNREACHABLE("unreachable"),
    /** The endpoint reset the connection before it sent a byte. */
    RESET("reset"),
    /** Where requests are seen: the endpoint answered that it failed, with HTTP 5xx or a gRPC status that says so. */
    SERVER_ERROR("server_error"),
    /** Nobody waited for it any more: another attempt was a little faster, or the client left. Says nothing of the endpoint. */
    CANCELLED("cancelled"),
    /** Our own trouble: no file descriptor, no port, no route. Says nothing of the endpoint. */
    LOCAL_ERROR("local_error");

    private final String label;

    Outcome(String label) {
        this.label = label;
    }

    /** Value of the metric tag. */
    public String label() {
        return label;
    }

    /** Whether the endpoint, and not we or the client, is to blame. */
    public boolean isEndpointFailure() {
        return switch (this) {
            case REFUSED, TIMEOUT, SLOW, UNREACHABLE, RESET, SERVER_ERROR -> true;
            case SUCCESS, CANCELLED, LOCAL_ERROR -> false;
        };
    }
}
