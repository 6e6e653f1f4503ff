package io.remora.spring.cloud;

import io.remora.balancer.Outcome;
import io.remora.client.RequestAttempt;

/**
 * A call whose endpoint was chosen, and which counts there until it is known to be over. Spring Cloud does not tell the end
 * of a reactive call that is cancelled, nor whether a chosen instance is ever called; such a call ends when nobody refers to
 * the instance any more. Thread-safe.
 */
final class ChosenCall implements Runnable {

    private final RequestAttempt attempt;
    private volatile boolean started;

    ChosenCall(RequestAttempt attempt) {
        this.attempt = attempt;
    }

    /** The request is made. */
    void started() {
        started = true;
    }

    /**
     * The head of the response came, or none will.
     *
     * @param answered whether it came
     */
    void completed(Outcome outcome, boolean answered) {
        if (answered) {
            attempt.answered(outcome);
        }
        attempt.end(outcome);
    }

    /** Nobody refers to the instance any more. The first end counts. */
    @Override
    public void run() {
        if (started) {
            attempt.end(Outcome.CANCELLED);
        } else {
            attempt.discard();
        }
    }
}
