package io.remora.agent;

import io.remora.internal.Ticker;
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
record Moments(Ticker ticker, InstantSource clock) {

    /** The machine's. */
    static final Moments SYSTEM = new Moments(Ticker.SYSTEM, InstantSource.system());

    /** How long ago a reading was; negative if it is to come. */
    Duration since(long nanos) {
        return Duration.ofNanos(ticker.read() - nanos);
    }

    /** Returns when a reading was or will be, to the second. */
    Instant at(long nanos) {
        return clock.instant().minus(since(nanos)).truncatedTo(ChronoUnit.SECONDS);
    }
}
