package io.remora.grpc;

import io.grpc.Status;
import io.remora.balancer.Outcome;
import io.remora.client.FailureOutcome;

/** What the end of a stream, or of a connect, says of the endpoint. Stateless. */
final class CallOutcome {

    private CallOutcome() {}

    /**
     * Of a stream that ended with a status which the endpoint did not send: the caller's, or the transport's.
     *
     * @param ownEnd whether the connection was being closed from this side
     * @param elapsedNanos how long the stream took
     * @param usualNanos how long the endpoint takes to answer, as a rule; negative if that is not known
     */
    static Outcome ofStream(Status status, boolean ownEnd, long elapsedNanos, long usualNanos) {
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> isTooShort(elapsedNanos, usualNanos) ? Outcome.CANCELLED : Outcome.TIMEOUT;
            case UNAVAILABLE -> ownEnd ? Outcome.CANCELLED : Outcome.RESET;
            default -> ofTrailers(status);
        };
    }

    /** Of a stream that ended with a status which the endpoint sent. */
    static Outcome ofTrailers(Status status) {
        return Outcome.ofGrpcStatus(status.getCode().value());
    }

    /** A deadline within the usual time says what the caller wants, and nothing of the endpoint. */
    private static boolean isTooShort(long elapsedNanos, long usualNanos) {
        return usualNanos >= 0 && elapsedNanos < usualNanos;
    }

    /** Of a connection that could not be made. */
    static Outcome ofConnect(Status status) {
        Throwable cause = status.getCause();
        return FailureOutcome.ofConnect(cause == null ? status.asException() : cause);
    }
}
