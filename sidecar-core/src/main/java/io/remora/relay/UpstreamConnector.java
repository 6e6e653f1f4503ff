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
    }

    /** Opens connections. */
    interface Dialer<S> {
        /** Begins to connect. Unless it fails at once or is cancelled, exactly one method of the attempt is called later. */
        DialResult<S> dial(InetSocketAddress address, Attempt attempt);

        /** Gives up a connection under way. */
        void cancel(S socket);
    }

    /** How a connection under way ends. */
    interface Attempt {
        void connected();

        void failed(DialFailure failure);
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

    /** Begins the first attempt. May call the handler before it returns. */
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
            Target target = targets.next(byStep && !open.isEmpty());
            if (target == null) {
                break;
            }
            started++;
            if (started > 1) {
                listener.retried(destination());
            }
            Open attempt = new Open(target, ticker.read());
            DialResult<S> result = dialer.dial(target.address(), attempt);
            if (result instanceof DialResult.Pending<S> pending) {
                attempt.socket = pending.socket();
                open.add(attempt);
                waitForStep();
                return;
            }
            DialFailure failure = ((DialResult.Failed<S>) result).failure();
            attempt.complete(failure.outcome());
            if (failure.exhausted() && waitForResources(failure)) {
                return;
            }
        }
        if (open.isEmpty()) {
            end();
            handler.failed(failureReason());
        } else if (!byStep) {
            waitForStep();
        }
    }

    private CloseReason failureReason() {
        if (started == 0) {
            return CloseReason.NO_ENDPOINT;
        }
        return endpointFailed ? CloseReason.CONNECT_FAILED : CloseReason.LOCAL_ERROR;
    }

    /** Neither an endpoint nor its number of attempts can help: the same is tried again in a while. */
    private boolean waitForResources(DialFailure failure) {
        if (!open.isEmpty()) {
            started--; // the step may try it again
            waitForStep();
            return true;
        }
        if (ticker.read() - beganNanos >= config.failFast().toNanos()) {
            return false;
        }
        started--;
        targets.forget();
        schedule(() -> next(false), EXHAUSTED_RETRY_NANOS);
        handler.exhausted(failure.errno());
        return true;
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
        timer = timers.schedule(task, delayNanos);
    }

    private void end() {
        done = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** Gives up what is open; what was open for long enough to blame its endpoint does so, if another was faster. */
    private void closeOpen(@Nullable Open winner) {
        long now = ticker.read();
        for (Open loser : open) {
            if (loser != winner) {
                dialer.cancel(loser.socket());
                boolean tooSlow = winner != null
                        && now - loser.startNanos >= config.failFast().toNanos();
                loser.complete(tooSlow ? Outcome.TIMEOUT : Outcome.CANCELLED);
            }
        }
        open.clear();
    }

    private @Nullable DestinationId destination() {
        return targets.destination();
    }

    /** An attempt that was begun. */
    private final class Open implements Attempt {

        private final Target target;
        private final long startNanos;
        private @Nullable S socket; // null until the dialer has returned it

        private Open(Target target, long startNanos) {
            this.target = target;
            this.startNanos = startNanos;
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
            handler.connected(socket(), target);
        }

        @Override
        public void failed(DialFailure failure) {
            open.remove(this);
            complete(failure.outcome());
            next(false);
        }

        private void complete(Outcome outcome) {
            endpointFailed |= outcome.isEndpointFailure();
            listener.connectAttempt(destination(), outcome, ticker.read() - startNanos);
            if (target.pick() != null) {
                target.pick().complete(outcome);
            }
        }
    }
}
