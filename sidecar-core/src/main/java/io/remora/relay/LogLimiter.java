package io.remora.relay;

import io.remora.internal.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one line in ten seconds through, so that one trouble a connection does not become one line a connection. */
final class LogLimiter {

    private static final long PERIOD_NANOS = Duration.ofSeconds(10).toNanos();

    private final Ticker ticker;
    private final AtomicLong nextNanos;

    LogLimiter(Ticker ticker) {
        this.ticker = ticker;
        this.nextNanos = new AtomicLong(ticker.read());
    }

    /** Whether the line may be written now. */
    boolean allows() {
        long now = ticker.read();
        long next = nextNanos.get();
        return now - next >= 0 && nextNanos.compareAndSet(next, now + PERIOD_NANOS);
    }
}
