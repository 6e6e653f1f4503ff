package io.remora.spring.http;

import io.remora.balancer.Outcome;
import io.remora.client.FailureOutcome;
import io.remora.client.RequestAttempt;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What follows from a call that had no response. Stateless. */
final class FailedCall {

    private FailedCall() {}

    /**
     * Ends an attempt that failed.
     *
     * @param unsent whether nothing of the request was sent, and all of it is there to be sent again
     * @return the attempt at another endpoint; null if the call has failed
     */
    static @Nullable RequestAttempt next(RequestAttempt attempt, Throwable problem, boolean unsent) {
        if (unsent) {
            return attempt.retry(FailureOutcome.ofConnect(problem));
        }
        attempt.end(isOfTrust(problem) ? Outcome.LOCAL_ERROR : FailureOutcome.ofRequest(problem));
        return null;
    }

    /** A certificate that is not trusted may be the client's mistake: it tells nothing of the endpoint. */
    private static boolean isOfTrust(Throwable problem) {
        for (Throwable t = problem; t != null; t = t.getCause()) {
            if (t instanceof SSLException) {
                return true;
            }
        }
        return false;
    }
}
