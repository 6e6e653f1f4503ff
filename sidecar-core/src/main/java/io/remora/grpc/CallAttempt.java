package io.remora.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.client.RequestAttempt;
import io.remora.internal.Ticker;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What was picked for a call, from the choice to the end of its stream. gRPC may drop a choice without a word, if the
 * connection was lost in that moment, and it may make a stream that it never starts. So the {@link EndpointLink} keeps what
 * has not begun, and takes it back; what has begun, gRPC ends. Thread-safe.
 */
final class CallAttempt extends ClientStreamTracer.Factory {

    private enum Stage {
        /** The picker chose; gRPC asks for a tracer in the same breath, or never. */
        CHOSEN,
        /** There is a stream, or there will be one when its credentials are there. */
        CLAIMED,
        /** It is on a connection, and its end will be told. */
        BEGUN,
        /** Counts no more. */
        OVER
    }

    private static final ClientStreamTracer UNCOUNTED = new ClientStreamTracer() {};

    private final EndpointLink link;
    private final RequestAttempt attempt;
    private final Ticker ticker;
    private final long chosenNanos;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.CHOSEN);

    CallAttempt(EndpointLink link, RequestAttempt attempt, Ticker ticker) {
        this.link = link;
        this.attempt = attempt;
        this.ticker = ticker;
        this.chosenNanos = ticker.read();
    }

    /** Called once for a choice, whose stream it is; a second one would be of a stream that nobody chose for. */
    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return stage.compareAndSet(Stage.CHOSEN, Stage.CLAIMED) ? new Tracer(deadline(info)) : UNCOUNTED;
    }

    /** The call's own, or that of the context that it was made in, as gRPC keeps both. */
    private static @Nullable Deadline deadline(ClientStreamTracer.StreamInfo info) {
        @Nullable Deadline own = info.getCallOptions().getDeadline();
        @Nullable Deadline outer = Context.current().getDeadline();
        return own == null || outer == null ? (own == null ? outer : own) : own.minimum(outer);
    }

    /** Takes it back if there is no stream. */
    void giveUpUnclaimed() {
        if (stage.compareAndSet(Stage.CHOSEN, Stage.OVER)) {
            link.begun(this);
            attempt.discard();
        }
    }

    /** Takes it back if there is no stream on a connection. */
    void giveUpUnbegun() {
        giveUpUnclaimed();
        if (stage.compareAndSet(Stage.CLAIMED, Stage.OVER)) {
            link.begun(this);
            attempt.discard();
        }
    }

    /** How long ago it was chosen. */
    long ageNanos(long now) {
        return now - chosenNanos;
    }

    /** Called by one thread at a time, the transport's or that which cancels. */
    private final class Tracer extends ClientStreamTracer {

        private final @Nullable Deadline deadline;
        private volatile boolean answered;
        private volatile boolean trailers;

        Tracer(@Nullable Deadline deadline) {
            this.deadline = deadline;
        }

        @Override
        public void outboundHeaders() {
            if (stage.compareAndSet(Stage.CLAIMED, Stage.BEGUN)) {
                link.begun(CallAttempt.this);
                attempt.connected();
            }
        }

        /** The head of a response is no answer: whether a call failed is said at its end. */
        @Override
        public void inboundMessage(int number) {
            if (!answered) {
                answered = true;
                attempt.answered(Outcome.SUCCESS);
            }
        }

        @Override
        public void inboundTrailers(Metadata received) {
            trailers = true;
        }

        @Override
        public void streamClosed(Status status) {
            Stage before = stage.getAndSet(Stage.OVER);
            if (before == Stage.OVER) {
                return;
            }
            link.begun(CallAttempt.this);
            if (before != Stage.BEGUN) {
                attempt.discard(); // nothing was sent, as where the caller's credentials failed
                return;
            }
            Outcome outcome = outcome(status);
            if (!answered && outcome == Outcome.SUCCESS) {
                attempt.answered(outcome);
            }
            attempt.end(outcome);
        }

        private Outcome outcome(Status status) {
            if (trailers) {
                return CallOutcome.ofTrailers(status);
            }
            long now = ticker.read();
            EndpointState endpoint = attempt.endpoint();
            // A server that knows the deadline resets the stream then, and the reset may come before our own clock says
            // so.
            boolean expired = status.getCode() == Status.Code.CANCELLED && deadline != null && deadline.isExpired();
            return CallOutcome.ofStream(
                    expired ? Status.DEADLINE_EXCEEDED : status,
                    link.isClosed(),
                    ageNanos(now),
                    endpoint.latencyNanos(now));
        }
    }
}
