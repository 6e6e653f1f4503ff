package io.remora.discovery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How fresh a {@link DiscoverySource} is.
 *
 * @param synced all that was there at the start has been delivered
 * @param connected every watch is established right now, and what was asked for could be; so it is if nothing is watched
 * @param age time since the source last heard from the API (an event, a bookmark, a finished list, a watch that was opened);
 *     for several watches that of the one heard of least recently; null before the first time; zero if nothing is watched, as nothing can be out of date then
 * @param watches watches that are held open
 * @param connections connections to the API that carry them, at the most
 * @param malformedObjects objects that could not be read and were skipped since the start
 * @param problem what keeps it from being connected, for the operator, of several problems the first few; null if nothing does
 */
public record SourceStatus(
        boolean synced,
        boolean connected,
        @Nullable Duration age,
        int watches,
        int connections,
        long malformedObjects,
        @Nullable String problem) {

    /** Fixed content, always fresh. */
    public static final SourceStatus FIXED = new SourceStatus(true, true, Duration.ZERO, 0, 0, 0, null);
}
