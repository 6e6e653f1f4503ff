package io.remora.relay;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts live connections and tells when the last one has ended. New ones are still accepted meanwhile: in a pod that
 * terminates, the app may dial until its own end. Thread-safe.
 */
final class ConnectionDrainer {

    private final AtomicInteger active = new AtomicInteger();
    private volatile @Nullable CompletableFuture<Boolean> drained;

    void opened() {
        active.incrementAndGet();
    }

    void closed() {
        if (active.decrementAndGet() == 0) {
            CompletableFuture<Boolean> waiting = drained;
            if (waiting != null) {
                // Not on this event loop, which whoever waits may close.
                waiting.completeAsync(() -> true);
            }
        }
    }

    int active() {
        return active.get();
    }

    /**
     * Waits for the moment without a connection. Asked again it gives the same answer.
     *
     * @return true once no connection was left, false once the time was over
     */
    synchronized CompletionStage<Boolean> drain(Duration atMost) {
        CompletableFuture<Boolean> waiting = drained;
        if (waiting == null) {
            waiting =
                    new CompletableFuture<Boolean>().completeOnTimeout(false, atMost.toMillis(), TimeUnit.MILLISECONDS);
            drained = waiting;
            if (active.get() == 0) {
                waiting.complete(true);
            }
        }
        return waiting.minimalCompletionStage();
    }
}
