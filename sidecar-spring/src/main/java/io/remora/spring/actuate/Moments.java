package io.remora.spring.actuate;

import io.remora.internal.Ticker;
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

    /** A reading of the clock, now. */
    long now() {
        return ticker.read();
    }

    /** Returns when a reading was or will be, to the second: ISO 8601, in UTC. */
    String at(long nanos) {
        return clock.instant()
                .plusNanos(nanos - ticker.read())
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }
}
