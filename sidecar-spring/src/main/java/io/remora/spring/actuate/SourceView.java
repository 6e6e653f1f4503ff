package io.remora.spring.actuate;

import io.remora.discovery.SourceStatus;
import org.jspecify.annotations.Nullable;

/**
 * How fresh what is known of the cluster is.
 *
 * @param state "starting" until all is known that was there at the start; "fresh" while every watch is established, else
 *     "stale"
 * @param synced whether all is known that was there at the start
 * @param ageSeconds time since the quietest watch was heard of; null before the first time
 * @param problem what keeps it from being fresh; null if nothing does
 * @param watches watches that are held open
 * @param connections connections to the API server that carry them, at the most
 * @param malformedObjects objects so far that could not be read
 */
record SourceView(
        String state,
        boolean synced,
        @Nullable Double ageSeconds,
        @Nullable String problem,
        int watches,
        int connections,
        long malformedObjects) {

    private static final double MILLIS_PER_SECOND = 1000;

    static SourceView of(SourceStatus status) {
        String state = !status.synced() ? "starting" : status.connected() ? "fresh" : "stale";
        return new SourceView(
                state,
                status.synced(),
                status.age() == null ? null : status.age().toMillis() / MILLIS_PER_SECOND,
                status.problem(),
                status.watches(),
                status.connections(),
                status.malformedObjects());
    }
}
