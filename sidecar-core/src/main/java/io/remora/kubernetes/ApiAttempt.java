package io.remora.kubernetes;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request of a {@link ResourceWatch} and the reading of its answer. Ends in exactly one call of {@link #done} or of
 * its {@link Outcome}, unless it is cancelled. Owned by the loop's thread.
 */
abstract class ApiAttempt implements ApiTransport.Listener {

    private static final int LONGEST_REFUSAL = 64 << 10;

    private final ApiTransport transport;
    private final WatchLoop loop;
    private final Duration requestTimeout;
    private final Duration silence;
    private final Outcome outcome;
    private final ByteArrayOutputStream refusal = new ByteArrayOutputStream();
    private ApiTransport.@Nullable Exchange exchange;
    private WatchLoop.@Nullable Timer check;
    private int status;
    private long lastSign;
    private boolean over;

    /** Told of an attempt that did not succeed. */
    interface Outcome {
        /** The API server answered with an error. */
        void refused(int code, String message);

        /** There is no answer, or none that makes sense. */
        void failed(Throwable failure);
    }

    /**
     * @param silence the longest pause within an answer
     */
    ApiAttempt(ApiTransport transport, WatchLoop loop, Duration requestTimeout, Duration silence, Outcome outcome) {
        this.transport = transport;
        this.loop = loop;
        this.requestTimeout = requestTimeout;
        this.silence = silence;
        this.outcome = outcome;
    }

    final void start(String path, Duration longest) {
        lastSign = loop.now();
        checkLater(requestTimeout);
        exchange = transport.get(path, longest, this);
    }

    /** The answer is one of success. */
    void opened() {}

    /** Bytes of a successful answer. */
    abstract void content(ByteBuffer bytes);

    /**
     * The answer is complete. If it makes no sense, this throws before it begins anything else, and
     * {@link Outcome#failed} follows.
     */
    abstract void done();

    @Override
    public final void head(int code) {
        if (over) {
            return;
        }
        lastSign = loop.now();
        status = code;
        if (isSuccess()) {
            opened();
        }
    }

    @Override
    public final void bytes(ByteBuffer bytes) {
        if (over) {
            return;
        }
        lastSign = loop.now();
        if (!isSuccess()) {
            byte[] more = new byte[Math.min(bytes.remaining(), LONGEST_REFUSAL - refusal.size())];
            bytes.get(more);
            refusal.writeBytes(more);
            return;
        }
        try {
            content(bytes);
        } catch (RuntimeException e) {
            if (!over) {
                cancel();
                outcome.failed(e);
            }
        }
    }

    @Override
    public final void end(@Nullable Throwable failure) {
        if (over) {
            return;
        }
        cancel();
        if (failure != null) {
            outcome.failed(failure);
        } else if (isSuccess()) {
            try {
                done();
            } catch (RuntimeException e) { // whatever it is, the watch must go on
                outcome.failed(e);
            }
        } else {
            outcome.refused(status, ObjectDecoder.messageOf(refusal.toByteArray()));
        }
    }

    /** Stops; nothing is called any more. */
    final void cancel() {
        over = true;
        if (check != null) {
            check.cancel();
        }
        if (exchange != null) {
            exchange.cancel();
        }
    }

    final boolean isOver() {
        return over;
    }

    private boolean isSuccess() {
        return status == 200;
    }

    private void checkLater(Duration delay) {
        check = loop.after(delay, this::check);
    }

    private void check() {
        if (over) {
            return;
        }
        Duration allowed = status == 0 ? requestTimeout : silence;
        Duration left = allowed.minusNanos(loop.now() - lastSign);
        if (left.isNegative() || left.isZero()) {
            cancel();
            if (exchange != null) {
                exchange.suspect(lastSign);
            }
            outcome.failed(new SilenceException(status == 0 ? "no answer" : "nothing was heard", allowed));
        } else {
            checkLater(left);
        }
    }

    /** The API server said nothing for too long. */
    static final class SilenceException extends Exception {
        SilenceException(String what, Duration duration) {
            super(what + " for " + text(duration), null, false, false);
        }

        private static String text(Duration duration) {
            return duration.toMillisPart() == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
        }
    }
}
