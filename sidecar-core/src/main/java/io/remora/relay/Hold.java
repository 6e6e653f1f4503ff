package io.remora.relay;

import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.registry.HoldWindow;
import io.remora.registry.Route;
import io.remora.registry.ServiceRegistry.LookUp;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where a connection goes. One whose address the registry does not know is held until the source has told, for as
 * long as {@link HoldWindow} allows, or before the source's first events {@link RelayContext#firstHoldNanos()}; then what is
 * known has to do. Its event loop owns it.
 */
final class Hold {

    private final RelayWorker worker;
    private final RelayContext context;
    private final Route known; // what has to do if nothing else is told
    private final LookUp<Route> lookUp;
    private final Consumer<Route> end;
    private final long begunNanos;
    private final boolean window; // it waits within the window; else for the source's first events
    private Timers.@Nullable Timer timer; // null once it is over

    private Hold(
            RelayWorker worker,
            Route known,
            LookUp<Route> lookUp,
            Consumer<Route> end,
            long begunNanos,
            boolean window) {
        this.worker = worker;
        this.context = worker.context();
        this.known = known;
        this.lookUp = lookUp;
        this.end = end;
        this.begunNanos = begunNanos;
        this.window = window;
    }

    /** Where a connection goes, or that it is held until that is known. */
    sealed interface Resolution {
        record Found(Route route) implements Resolution {}

        record Held(Hold hold) implements Resolution {}
    }

    /**
     * Asks where a connection goes.
     *
     * @param end told once, later, on the event loop, if it is held and not {@linkplain #cancel() cancelled}
     */
    static Resolution resolve(RelayWorker worker, TransportAddress address, IpAddress client, Consumer<Route> end) {
        RelayContext context = worker.context();
        Route known = context.registry().snapshot().route(address, client);
        if (known.cause() != Route.Cause.NO_SERVICE) {
            return new Resolution.Found(known);
        }
        boolean synced = context.registry().snapshot().synced();
        if (!synced && context.firstHoldNanos() == 0) {
            return new Resolution.Found(known); // nobody can tell, and all had their wait
        }
        LookUp<Route> lookUp = context.registry().lookUp(address, client);
        CompletableFuture<Route> result = lookUp.result().toCompletableFuture();
        if (result.isDone()) {
            lookUp.close();
            return new Resolution.Found(result.isCompletedExceptionally() ? known : result.join());
        }
        long now = worker.now();
        long holdNanos = synced ? context.holdWindow().begin(now) : context.firstHoldNanos();
        if (holdNanos <= 0) {
            lookUp.close(); // it goes on without us, for the next connection
            return new Resolution.Found(known);
        }
        Hold hold = new Hold(worker, known, lookUp, end, now, synced);
        hold.begin(holdNanos);
        return new Resolution.Held(hold);
    }

    private void begin(long nanos) {
        context.listener().held();
        waitFor(nanos);
        lookUp.result()
                .whenComplete((found, problem) -> worker.loop().execute(() -> answered(found == null ? known : found)));
    }

    private void waitFor(long nanos) {
        timer = worker.schedule(this::timedOut, nanos);
    }

    /** The source has answered. */
    private void answered(Route route) {
        if (timer != null) {
            context.holdWindow().answered(worker.now());
            cancel();
            end.accept(route);
        }
    }

    /** The hold time has passed, or what was left of the window; that may have moved on since. */
    private void timedOut() {
        if (timer == null) {
            return;
        }
        long left = window ? context.holdWindow().left(begunNanos, worker.now()) : 0;
        if (left > 0) {
            waitFor(left);
            return;
        }
        timer = null;
        if (window) {
            context.holdWindow().givenUp(lookUp, worker::now);
            context.holdWindow().end();
        } else {
            lookUp.close();
        }
        end.accept(known);
    }

    /** The client left, or need not wait any more: nothing is told. Idempotent. */
    void cancel() {
        if (timer == null) {
            return;
        }
        timer.cancel();
        timer = null;
        lookUp.close();
        if (window) {
            context.holdWindow().end();
        }
    }
}
