package io.remora.client;

import io.remora.internal.Scheduler;
import io.remora.internal.Ticker;
import io.remora.registry.HoldWindow;
import io.remora.registry.ServiceEntry;
import io.remora.registry.ServiceRegistry.LookUp;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A request that waits until it is known what its host is, for as long as the window allows. Thread-safe. */
final class HeldRequest {

    private final LookUp<Optional<ServiceEntry>> lookUp;
    private final HoldWindow window;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final long begunNanos;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private volatile Scheduler.@Nullable Task timer;
    private boolean ended; // guarded by this

    /** @param lookUp closed when it is over, or by the window */
    HeldRequest(
            LookUp<Optional<ServiceEntry>> lookUp,
            HoldWindow window,
            Ticker ticker,
            Scheduler scheduler,
            long begunNanos) {
        this.lookUp = lookUp;
        this.window = window;
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.begunNanos = begunNanos;
    }

    /**
     * Begins to wait, within the window.
     *
     * @param nanos how long it may
     * @return completes when there is an answer, or the wait is over
     */
    CompletionStage<Void> begin(long nanos) {
        timer = scheduler.schedule(this::timedOut, nanos);
        lookUp.result().whenComplete((entry, problem) -> answered());
        return over.minimalCompletionStage(); // whoever loses patience ends nobody else's wait
    }

    private void answered() {
        window.answered(ticker.read());
        giveUp();
    }

    /** The window may have moved on since. */
    private void timedOut() {
        long left = window.left(begunNanos, ticker.read());
        if (left > 0 && !over.isDone()) {
            timer = scheduler.schedule(this::timedOut, left);
        } else {
            end(() -> window.givenUp(lookUp, ticker::read));
        }
    }

    /** There is nothing to wait for any more: an answer came, or none will. */
    void giveUp() {
        Scheduler.Task pending = timer;
        if (pending != null) {
            pending.cancel();
        }
        end(lookUp::close);
    }

    /** Once. What waits goes on after all is told, for it may ask for the next Service at once. */
    private void end(Runnable disposal) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        window.end();
        disposal.run();
        over.complete(null);
    }
}
