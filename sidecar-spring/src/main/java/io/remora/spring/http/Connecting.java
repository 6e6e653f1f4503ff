package io.remora.spring.http;

import io.remora.balancer.Outcome;
import io.remora.client.FailureOutcome;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How far the request of an attempt came. Thread-safe. */
final class Connecting {

    private volatile boolean done;
    private volatile boolean redirected;
    private volatile @Nullable Supplier<@Nullable Outcome> verdict;

    /** There is a connection, with its TLS handshake done: something of the request may be sent from now on. */
    void done() {
        done = true;
    }

    /**
     * As {@link #done()}, where the server may still say that it processed nothing.
     *
     * @param unprocessed returns what that says of the endpoint; null if the server did not say so
     */
    void done(Supplier<@Nullable Outcome> unprocessed) {
        verdict = unprocessed;
        done = true;
    }

    /** The endpoint answered with a redirect that the client itself follows: what comes now need not be of the endpoint. */
    void redirected() {
        redirected = true;
    }

    boolean isRedirected() {
        return redirected;
    }

    /** What it says of the endpoint that a request failed of which surely nothing was processed; null if something may have been. */
    @Nullable
    Outcome unprocessed(Throwable problem) {
        if (FailureOutcome.isConnect(problem) || !done && FailureOutcome.isOfConnection(problem)) {
            return FailureOutcome.ofConnect(problem);
        }
        Supplier<@Nullable Outcome> asked = verdict;
        return asked == null ? null : asked.get();
    }
}
