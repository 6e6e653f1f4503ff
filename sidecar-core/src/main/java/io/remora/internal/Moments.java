package io.remora.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * Readings of the clock that the balancers are made with, as times of day.
 *
 * @param ticker that clock
 * @param clock the time of day
 */
public record Moments(Ticker ticker, InstantSource clock) {

    /** The machine's. */
    public static final Moments SYSTEM = new Moments(Ticker.SYSTEM, InstantSource.system());

    /** A reading of the clock, now. */
    public long now() {
        return ticker.read();
    }

    /** How long ago a reading was; negative if it is to come. */
    public Duration since(long nanos) {
        return Duration.ofNanos(ticker.read() - nanos);
    }

    /** Returns when a reading was or will be, to the second. */
    public Instant at(long nanos) {
        return clock.instant().minus(since(nanos)).truncatedTo(ChronoUnit.SECONDS);
    }
}
