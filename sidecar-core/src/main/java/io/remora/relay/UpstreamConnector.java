package io.remora.relay;

import io.remora.balancer.Outcome;
import io.remora.internal.Ticker;
import io.remora.registry.DestinationId;
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
 * <p>Attempts after the first need the {@linkplain Targets#mayRetry consent} of the retry budget. Without it a connection
 * is a plain client's: what is open stays open, a step asks again, and a failure with nothing open is the end. The attempt
 * behind a trial is free and comes early, since without the trial it had been the first.
 *
 * @param <S> what stands for a connection under way
 */
final class UpstreamConnector<S> {

    private static final long EXHAUSTED_RETRY_NANOS = Duration.ofMillis(50).toNanos();

    /** Hears the end, exactly once, unless the connector is cancelled. */
    interface Handler<S> {
        /**
         * An endpoint took the connection.
         *
         * @param nowNanos when that was noticed
         */
        void connected(S socket, Target target, long nowNanos);

        void failed(CloseReason reason);

        /** An attempt ended without the connection; told before what that leads to. Does not throw. */
        default void missed(Target target, Outcome outcome, long nanos) {}

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

    private final Targets targets;
    private final Dialer<S> dialer;
    private final Timers timers;
    private final Ticker ticker;
    private final RelayConfig.Connect config;
    private final RelayListener listener;
    private final Handler<S> handler;
    private final Ladder ladder;
    private final long beganNanos;
    private final List<Open> open = new ArrayList<>(1);
    private @Nullable Target handedBack; // could not be dialled for want of resources, and is the next to be dialled
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
        this.ladder = new Ladder(config);
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
        while (ladder.hasMore()) {
            boolean repeat = byStep && !open.isEmpty();
            if (!mayAttempt(repeat)) {
                if (byStep) {
                    ladder.deny();
                    waitForStep();
                }
                break;
            }
            Target target = nextTarget(repeat);
            if (target == null) {
                break;
            }
            Open attempt = new Open(target, ticker.read(), ladder.begun());
            DialFailure failure = dial(attempt);
            if (failure != null && failure.exhausted() && mayWaitForResources()) {
                handedBack = target;
                waitForResources(failure);
                return;
            }
            ladder.begin(target);
            if (failure != null) {
                attempt.complete(failure.outcome());
            }
            if (ladder.begun() > 1) {
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

    /** What was paid for and could not be dialled is not paid for again. */
    private boolean mayAttempt(boolean repeat) {
        return ladder.isNextFree() || handedBack != null || targets.mayRetry(repeat, ticker.read());
    }

    private @Nullable Target nextTarget(boolean repeat) {
        Target again = handedBack;
        handedBack = null;
        return again == null ? targets.next(repeat) : again;
    }

    /** Returns null if the attempt is under way now. */
    private @Nullable DialFailure dial(Open attempt) {
        try {
            Dialer.Result<S> result = dialer.dial(attempt.target.address(), attempt);
            if (result instanceof Dialer.Result.Pending<S> pending) {
                attempt.socket = pending.socket();
                open.add(attempt);
                return null;
            }
            return ((Dialer.Result.Failed<S>) result).failure();
        } catch (RuntimeException | Error e) {
            attempt.complete(Outcome.LOCAL_ERROR);
            throw e;
        }
    }

    private CloseReason failureReason() {
        if (ladder.begun() == 0) {
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
        long nanos = ladder.waitNanos();
        if (nanos != Ladder.NO_STEP) {
            schedule(this::stepPassed, nanos);
        } else if (!slow && !config.steps().isEmpty()) {
            schedule(this::stepPassed, ladder.stepNanos(0));
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
        try {
            if (waiting != null && waiting.pick() != null) {
                waiting.pick().complete(Outcome.CANCELLED);
            }
        } finally {
            closeNext(winner, ticker.read());
        }
    }

    /** Whatever the end of one leads to, the others are closed as well. */
    private void closeNext(@Nullable Open winner, long now) {
        Open loser = null;
        for (int i = open.size() - 1; i >= 0 && loser == null; i--) {
            loser = open.get(i) == winner ? null : open.remove(i);
        }
        if (loser == null) {
            return;
        }
        dialer.cancel(loser.socket());
        try {
            loser.complete(winner == null ? Outcome.CANCELLED : loser.outcomeBehind(winner, now));
        } finally {
            closeNext(winner, now);
        }
    }

    private @Nullable DestinationId destination() {
        return targets.destination();
    }

    /** An attempt that was begun. */
    private final class Open implements Dialer.Attempt {

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
                    && silentNanos >= ladder.stepNanos(rung)
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
            long now = ticker.read();
            listener.connectAttempt(destination(), Outcome.SUCCESS, now - startNanos);
            targets.connected(target);
            open.remove(this); // its pick is the handler's from here on
            handler.connected(socket(), target, now);
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
            long nanos = ticker.read() - startNanos;
            handler.missed(target, outcome, nanos);
            listener.connectAttempt(destination(), outcome, nanos);
        }
    }
}
