package io.remora.kubernetes;

import io.remora.discovery.Interest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An interest that waits somewhere. Thread-safe; its place is owned by the loop's thread. */
final class OnDemandInterest implements Interest {

    private final CompletableFuture<Void> future = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final WatchLoop loop;
    private @Nullable Place place;

    /** Where it waits. */
    interface Place {
        /** It is no longer wanted. */
        void leave(OnDemandInterest interest);
    }

    OnDemandInterest(WatchLoop loop) {
        this.loop = loop;
    }

    /** It waits there from now on. One that is closed already is told to leave again. */
    void moveTo(Place next) {
        place = next;
        if (closed.get()) {
            next.leave(this);
        }
    }

    /** All that there is was told. It stays where it is until it is closed. */
    void settle() {
        future.complete(null);
    }

    @Override
    public CompletionStage<Void> settled() {
        return future.minimalCompletionStage();
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            loop.execute(() -> {
                if (place != null) {
                    place.leave(this);
                }
            });
        }
    }
}
