package io.remora.spring.http;

import io.remora.balancer.Outcome;
import io.remora.client.FailureOutcome;
import io.remora.client.RequestAttempt;
import org.jspecify.annotations.Nullable;

/** What follows from a call that had no response. Stateless. */
final class FailedCall {

    private FailedCall() {}

    /**
     * Ends an attempt that failed.
     *
     * @param connecting how far the request came
     * @param body what became of the application's part in it
     * @param complete whether all of the request is there to be sent again
     * @return the attempt at another endpoint; null if the call has failed
     */
    static @Nullable RequestAttempt next(
            RequestAttempt attempt, Throwable problem, Connecting connecting, BodyWriting body, boolean complete) {
        if (connecting.isRedirected()) {
            attempt.end(Outcome.SUCCESS);
            return null;
        }
        if (body.hasFailed()) {
            attempt.end(Outcome.LOCAL_ERROR);
            return null;
        }
        Outcome unprocessed = complete ? connecting.unprocessed(problem) : null;
        if (unprocessed != null) {
            return attempt.retry(unprocessed);
        }
        attempt.end(FailureOutcome.ofRequest(problem));
        return null;
    }
}
