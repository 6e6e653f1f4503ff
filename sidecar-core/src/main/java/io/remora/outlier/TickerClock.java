package io.remora.outlier;

import io.remora.internal.Ticker;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** A wall clock that goes on as a {@link Ticker} does, from the time at which it was made. Thread-safe. */
final class TickerClock extends Clock {

    private final Ticker ticker;
    private final Instant start;
    private final long startNanos;
    private final ZoneId zone;

    TickerClock(Ticker ticker) {
        // Windows are cut at whole seconds: from one on, they fall alike wherever the ticker tells the same.
        this(ticker, Instant.now().truncatedTo(ChronoUnit.SECONDS), ticker.read(), ZoneOffset.UTC);
    }

    private TickerClock(Ticker ticker, Instant start, long startNanos, ZoneId zone) {
        this.ticker = ticker;
        this.start = start;
        this.startNanos = startNanos;
        this.zone = zone;
    }

    @Override
    public Instant instant() {
        return start.plusNanos(ticker.read() - startNanos);
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new TickerClock(ticker, start, startNanos, other);
    }
}
