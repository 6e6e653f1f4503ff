package io.remora.spring.http;

import io.remora.balancer.Outcome;
import io.remora.client.FailureOutcome;
import io.remora.client.RequestAttempt;

/** A call whose response has begun: in flight until the end of the response's body, or until nobody reads on. Thread-safe. */
final class AnsweredCall {

    private final RequestAttempt attempt;
    private final Outcome head;

    /** @param status HTTP's */
    AnsweredCall(RequestAttempt attempt, int status) {
        this.attempt = attempt;
        head = Outcome.ofHttpStatus(status);
        attempt.answered(head);
    }

    /** All of the response was read. */
    void completed() {
        attempt.end(head);
    }

    /** The caller reads no more. */
    void closed() {
        attempt.end(head.isEndpointFailure() ? head : Outcome.CANCELLED);
    }

    /** The response broke off. */
    void failed(Throwable problem) {
        attempt.end(head.isEndpointFailure() ? head : FailureOutcome.ofRequest(problem));
    }
}
