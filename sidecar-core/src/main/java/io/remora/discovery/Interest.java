package io.remora.discovery;

import java.util.concurrent.CompletionStage;

/** A wish to hear about one address or one Service, until it is closed. Thread-safe. */
public interface Interest extends AutoCloseable {

    /**
     * Completes, with no value, once the source has delivered what it can find out, be it that nothing is there. Never
     * completes exceptionally; while the source cannot tell it stays open, so the caller bounds its wait.
     */
    CompletionStage<Void> settled();

    /** The answer is no longer wanted. Idempotent. */
    @Override
    void close();
}
