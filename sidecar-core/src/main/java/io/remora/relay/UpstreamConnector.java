package io.remora.relay;

import io.remora.balancer.Outcome;
import io.remora.internal.Ticker;
import io.remora.registry.DestinationId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ladder of connect attempts for one connection (in the manner of RFC 8305, Happy Eyeballs). The next attempt begins
 * when a step has passed, or at once when one fails; earlier ones stay open, the first to connect wins, and the last ones
 * are left to the kernel's own time-out, so that a slow only endpoint is waited for as a plain client would. Each pick is
 * completed here, except the winner's, which goes to the handler. Not thread-safe: one event loop owns it.
 *
 * @param <S> what stands for a connection under way
 */
final class UpstreamConnector<S> {

    private static final long EXHAUSTED_RETRY_NANOS = Duration.ofMillis(50).toNanos();

    /** Hears the end, exactly once, unless the connector is cancelled. */
    interface Handler<S> {
        void connected(S socket, Target target);

        void failed(CloseReason reason);

        /** The first step has passed; told once. */
        void slow();

        /** Nothing can be dialled for want of a descriptor or memory; it is tried again. */
        void exhausted(int errno);

        /**
         * The connector, or the handler when it was called, failed at a bug or for want of memory. What the connector
         * still has open is given up with {@link UpstreamConnector#cancel()}.
         */
        void broken(Throwable problem);
    }

    /** Opens connections. */
    interface Dialer<S> {
        /**
         * Begins to connect. Unless it fails at once or is cancelled, exactly one method of the attempt is called later.
         * Leaves nothing open if it throws.
         */
        DialResult<S> dial(InetSocketAddress address, Attempt attempt);

        /** Gives up a connection under way. */
        void cancel(S socket);
    }

    /** How a connection under way ends. */
    interface Attempt {
        void connected();

        void failed(DialFailure failure);

        /** What was called at the end threw, or the end could not be found out. */
        void broken(Throwable problem);
    }

    /** Runs a task later, on the thread that owns the connector. */
    interface Timers {
        Timer schedule(Runnable task, long delayNanos);

        /** A scheduled task. */
        interface Timer {
            void cancel();
        }
    }

    /** What a dial leads to. */
    sealed interface DialResult<S> {
        record Pending<S>(S socket) implements DialResult<S> {}

        record Failed<S>(DialFailure failure) implements DialResult<S> {}
    }

    private final Targets targets;
    private final Dialer<S> dialer;
    private final Timers timers;
    private final Ticker ticker;
    private final RelayConfig.Connect config;
    private final RelayListener listener;
    private final Handler<S> handler;
    private final long beganNanos;
    private final List<Open> open = new ArrayList<>(1);
    private @Nullable Target handedBack; // could not be dialled for want of resources, and is the next to be dialled
    private int started;
    private boolean endpointFailed;
    private boolean slow;
    private boolean done;
    private Timers.@Nullable Timer timer;

    UpstreamConnector(
            Targets targets,
            Dialer<S> dialer,
            Timers timers,
            Ticker ticker,
            RelayConfig.Connect config,
            RelayListener listener,
            Handler<S> handler) {
        this.targets = targets;
        this.dialer = dialer;
        this.timers = timers;
        this.ticker = ticker;
        this.config = config;
        this.listener = listener;
        this.handler = handler;
        this.beganNanos = ticker.read();
    }

    /** Begins the first attempt. May call the handler before it returns. Whoever it throws at cancels it. */
    void start() {
        next(false);
    }

    /** The client left: gives up every attempt. The handler hears nothing more. */
    void cancel() {
        end();
        closeOpen(null);
    }

    private void next(boolean byStep) {
        while (started < config.maxAttempts()) {
            Target target = nextTarget(byStep);
            if (target == null) {
                break;
            }
            Open attempt = new Open(target, ticker.read(), started);
            DialFailure failure = dial(attempt);
            if (failure != null && failure.exhausted() && mayWaitForResources()) {
                handedBack = target;
                waitForResources(failure);
                return;
            }
            started++;
            if (failure != null) {
                attempt.complete(failure.outcome());
            }
            if (started > 1) {
                listener.retried(destination());
            }
            if (failure == null) {
                waitForStep();
                return;
            }
            if (failure.exhausted()) {
                break; // neither another endpoint can be dialled
            }
        }
        if (open.isEmpty()) {
            end();
            handler.failed(failureReason());
        } else if (!byStep) {
            waitForStep();
        }
    }

    private @Nullable Target nextTarget(boolean byStep) {
        Target again = handedBack;
        handedBack = null;
        return again == null ? targets.next(byStep && !open.isEmpty()) : again;
    }

    /** Returns null if the attempt is under way now. */
    private @Nullable DialFailure dial(Open attempt) {
        try {
            DialResult<S> result = dialer.dial(attempt.target.address(), attempt);
            if (result instanceof DialResult.Pending<S> pending) {
                attempt.socket = pending.socket();
                open.add(attempt);
                return null;
            }
            return ((DialResult.Failed<S>) result).failure();
        } catch (RuntimeException | Error e) {
            attempt.complete(Outcome.LOCAL_ERROR);
            throw e;
        }
    }

    private CloseReason failureReason() {
        if (started == 0) {
            return CloseReason.NO_ENDPOINT;
        }
        return endpointFailed ? CloseReason.CONNECT_FAILED : CloseReason.LOCAL_ERROR;
    }

    private boolean mayWaitForResources() {
        return !open.isEmpty() || ticker.read() - beganNanos < config.failFast().toNanos();
    }

    /** Neither an endpoint nor its number of attempts can help: the same is tried again in a while. */
    private void waitForResources(DialFailure failure) {
        if (!open.isEmpty()) {
            waitForStep();
            return;
        }
        schedule(() -> next(false), EXHAUSTED_RETRY_NANOS);
        handler.exhausted(failure.errno());
    }

    private void waitForStep() {
        int step = started - 1;
        if (step < config.steps().size()) {
            schedule(this::stepPassed, config.steps().get(step).toNanos());
        } else if (!slow && !config.steps().isEmpty()) {
            schedule(this::stepPassed, config.steps().get(0).toNanos());
        } else if (!slow) {
            slow = true;
            handler.slow();
        }
    }

    private void stepPassed() {
        timer = null;
        if (!slow) {
            slow = true;
            handler.slow();
            if (done) {
                return;
            }
        }
        next(true);
    }

    private void schedule(Runnable task, long delayNanos) {
        if (timer != null) {
            timer.cancel();
        }
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                handler.broken(e);
            }
        };
        timer = timers.schedule(guarded, delayNanos);
    }

    private void end() {
        done = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** Gives up what is open. If another one was faster, what was open for long enough blames its endpoint. */
    private void closeOpen(@Nullable Open winner) {
        Target waiting = handedBack;
        handedBack = null;
        if (waiting != null && waiting.pick() != null) {
            waiting.pick().complete(Outcome.CANCELLED);
        }
        long now = ticker.read();
        for (int i = open.size() - 1; i >= 0; i--) {
            Open loser = open.get(i);
            if (loser != winner) {
                open.remove(i);
                dialer.cancel(loser.socket());
                loser.complete(winner == null ? Outcome.CANCELLED : loser.outcomeBehind(winner, now));
            }
        }
    }

    private @Nullable DestinationId destination() {
        return targets.destination();
    }

    /** An attempt that was begun. */
    private final class Open implements Attempt {

        private final Target target;
        private final long startNanos;
        private final int rung; // of the ladder, from 0
        private @Nullable S socket; // null until the dialer has returned it

        private Open(Target target, long startNanos, int rung) {
            this.target = target;
            this.startNanos = startNanos;
            this.rung = rung;
        }

        private Outcome outcomeBehind(Open winner, long now) {
            long silentNanos = now - startNanos;
            if (silentNanos >= config.failFast().toNanos()) {
                return Outcome.TIMEOUT;
            }
            boolean overtaken = rung < winner.rung
                    && silentNanos >= config.steps().get(rung).toNanos()
                    && !target.address().equals(winner.target.address());
            return overtaken ? Outcome.SLOW : Outcome.CANCELLED;
        }

        private S socket() {
            if (socket == null) {
                throw new IllegalStateException("the dialer called back before it returned");
            }
            return socket;
        }

        @Override
        public void connected() {
            end();
            closeOpen(this);
            listener.connectAttempt(destination(), Outcome.SUCCESS, ticker.read() - startNanos);
            open.remove(this); // its pick is the handler's from here on
            targets.connected(target);
            handler.connected(socket(), target);
        }

        @Override
        public void failed(DialFailure failure) {
            open.remove(this);
            complete(failure.outcome());
            next(false);
        }

        @Override
        public void broken(Throwable problem) {
            handler.broken(problem);
        }

        private void complete(Outcome outcome) {
            endpointFailed |= outcome.isEndpointFailure();
            if (target.pick() != null) {
                target.pick().complete(outcome);
            }
            listener.connectAttempt(destination(), outcome, ticker.read() - startNanos);
        }
    }
}
