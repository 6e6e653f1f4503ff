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
    /** The endpoint was reached for, and the network said no. */
    UNREACHABLE("unreachable"),
    /** The endpoint took the connection and reset it before it sent a byte, while the client still wanted something. */
    RESET("reset"),
    /** Where requests are seen: the endpoint answered that it failed, with HTTP 5xx or a gRPC status that says so. */
    SERVER_ERROR("server_error"),
    /**
     * Nobody waited for it any more: another attempt was a little faster, or the client left before there was an answer.
     * Says nothing of the endpoint.
     */
    CANCELLED("cancelled"),
    /** Our own trouble: no file descriptor, no port, no route. Says nothing of the endpoint. */
    LOCAL_ERROR("local_error");

    private final String label;

    Outcome(String label) {
        this.label = label;
    }

    /**
     * Returns the outcome of a request that was answered with an HTTP status. The 5xx are the server's failures, as for
     * Envoy's {@code consecutive_5xx} and Linkerd's failure accrual, but for 501 and 505: they speak of the request, and
     * every endpoint would say the same.
     */
    public static Outcome ofHttpStatus(int status) {
        return status >= 500 && status <= 599 && status != 501 && status != 505 ? SERVER_ERROR : SUCCESS;
    }

    /**
     * Returns the outcome of a call that ended with a gRPC status. Failures are those that Envoy's
     * {@code Grpc::Utility::grpcToHttpStatus} maps to the 5xx of {@link #ofHttpStatus}, and a number that gRPC does not
     * define, which it takes for UNKNOWN. UNIMPLEMENTED is 501; PERMISSION_DENIED, which Linkerd counts as well, is a word
     * about the caller.
     */
    public static Outcome ofGrpcStatus(int code) {
        return switch (code) {
            case 1 -> CANCELLED; // by the caller
            case 0, 3, 5, 6, 7, 8, 9, 10, 11, 12, 16 -> SUCCESS;
            default -> SERVER_ERROR; // UNKNOWN 2, DEADLINE_EXCEEDED 4, INTERNAL 13, UNAVAILABLE 14, DATA_LOSS 15
        };
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
