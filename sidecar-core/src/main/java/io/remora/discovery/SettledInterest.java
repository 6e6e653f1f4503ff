package io.remora.discovery;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An interest in something that the source tells anyway: settled when a given stage completes, free to close. */
public final class SettledInterest implements Interest {

    private final CompletableFuture<Void> settled;

    /** Settled when the stage completes, whatever its outcome. */
    public SettledInterest(CompletionStage<?> stage) {
        this.settled = stage.<Void>handle((value, problem) -> null).toCompletableFuture();
    }

    @Override
    public CompletionStage<Void> settled() {
        return settled.minimalCompletionStage();
    }

    @Override
    public void close() {}
}
