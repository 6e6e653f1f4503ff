package io.remora.client;

import io.remora.balancer.Admitted;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.internal.Ticker;
import java.net.InetSocketAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a request at one endpoint, which counts as in flight until it ends: by {@link #end}, with the request, or
 * by {@link #retry}, for another attempt. Whoever holds an attempt ends it on every path, at the end of the response's body
 * and no sooner. Thread-safe.
 */
public final class RequestAttempt {

    /** As many as the connect ladder makes. */
    static final int MAX_ATTEMPTS = 4;

    private final Request request;
    private final Pick pick;
    private final long begunNanos;
    private boolean connected; // guarded by this
    private boolean ended; // guarded by this

    /** What the attempts of one request share. One of them is under way at a time. */
    private record Request(
            DestinationBalancer balancer,
            Admitted admitted,
            PickContext context,
            RequestListener listener,
            Ticker ticker) {}

    private RequestAttempt(Request request, Pick pick, long begunNanos) {
        this.request = request;
        this.pick = pick;
        this.begunNanos = begunNanos;
    }

    /**
     * Returns the first attempt of a request that was let in; null if there is no endpoint, or none that is reachable, and
     * then the request is over.
     */
    static @Nullable RequestAttempt first(
            DestinationBalancer balancer,
            Admitted admitted,
            PickContext context,
            Predicate<? super EndpointState> reachable,
            RequestListener listener,
            Ticker ticker) {
        Pick pick = null;
        try {
            pick = draw(balancer, context, reachable);
        } finally {
            if (pick == null) {
                admitted.leave(Outcome.CANCELLED);
            }
        }
        return pick == null
                ? null
                : new RequestAttempt(
                        new Request(balancer, admitted, context, listener, ticker), pick, context.nowNanos());
    }

    /** Ends, for the context remembers every draw. */
    private static @Nullable Pick draw(
            DestinationBalancer balancer, PickContext context, Predicate<? super EndpointState> reachable) {
        Pick pick = balancer.pick(context, reachable);
        while (pick != null && !reachable.test(pick.endpoint())) {
            pick.discard();
            pick = balancer.pick(context, reachable);
        }
        return pick;
    }

    /** The endpoint to send the request to. */
    public EndpointState endpoint() {
        return pick.endpoint();
    }

    /** What to dial. */
    public InetSocketAddress address() {
        return pick.endpoint().address();
    }

    /** A connection to the endpoint is there. Need not be told if {@link #answered} is. */
    public synchronized void connected() {
        if (!ended && !connected) {
            connected = true;
            request.balancer().connected(pick, request.context());
            request.admitted().connected();
        }
    }

    /**
     * The head of a response came: what the endpoint answered is known, and how long it took.
     *
     * @param head what it says, as {@link Outcome#ofHttpStatus(int)} has it
     */
    public synchronized void answered(Outcome head) {
        connected();
        if (!ended && !head.isEndpointFailure()) {
            long now = request.ticker().read();
            pick.answered(now - begunNanos, now);
            request.admitted().answered();
        }
    }

    /**
     * The request is over. The first end counts.
     *
     * @param outcome {@link Outcome#CANCELLED} if the caller did not wait for all of the response
     */
    public void end(Outcome outcome) {
        if (endPick(outcome)) {
            request.admitted().leave(outcome);
        }
    }

    /**
     * The endpoint has surely not begun to process the request, for there was no connection: ends this attempt, and begins
     * another one at another endpoint, if there is one and the retry budget allows it.
     *
     * @return the next attempt; null if there is none, and then the request is over
     */
    public @Nullable RequestAttempt retry(Outcome outcome) {
        if (!endPick(outcome)) {
            return null;
        }
        Pick next = null;
        try {
            next = nextPick();
        } finally {
            if (next == null) {
                request.admitted().leave(outcome);
            }
        }
        return next == null
                ? null
                : new RequestAttempt(request, next, request.ticker().read());
    }

    /** The request was not sent, and was as good as not begun: nothing counts. In place of {@link #end}. */
    public void discard() {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            pick.discard();
        }
        request.admitted().leave(Outcome.CANCELLED);
    }

    private @Nullable Pick nextPick() {
        DestinationBalancer balancer = request.balancer();
        if (request.context().triedCount() >= MAX_ATTEMPTS) {
            return null;
        }
        Pick next = balancer.pick(request.context());
        if (next == null) {
            return null;
        }
        if (!balancer.retryBudget().tryWithdraw(request.ticker().read())) {
            balancer.retryBudget().denied();
            next.discard(); // nothing is sent
            return null;
        }
        request.listener().retried(balancer.destination().id());
        return next;
    }

    private synchronized boolean endPick(Outcome outcome) {
        if (ended) {
            return false;
        }
        ended = true;
        pick.complete(outcome);
        return true;
    }

    @Override
    public String toString() {
        return balancerText() + " at " + pick.endpoint();
    }

    private String balancerText() {
        return request.balancer().destination().toString();
    }
}
