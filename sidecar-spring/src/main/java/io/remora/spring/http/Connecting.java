package io.remora.spring.http;

import io.remora.client.FailureOutcome;

/** Whether the request of an attempt has a connection, with its TLS handshake done. Thread-safe. */
final class Connecting {

    private volatile boolean done;

    /** Something of the request may be sent from now on. */
    void done() {
        done = true;
    }

    /** Whether the endpoint has surely seen nothing of the request that failed. */
    boolean isWhyFailed(Throwable problem) {
        return FailureOutcome.isConnect(problem) || !done && FailureOutcome.isOfConnection(problem);
    }
}
