package io.remora.spring.http;

import io.remora.client.FailureOutcome;
import io.remora.client.RequestAttempt;
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
        attempt.end(FailureOutcome.ofRequest(problem));
        return null;
    }
}
