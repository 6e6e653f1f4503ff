package io.remora.kubernetes;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a watch is doing; what changes is logged. Written by the loop's thread, read by any. */
final class WatchStatus {

    private static final Logger LOGGER = LoggerFactory.getLogger(WatchStatus.class);

    private final String url;
    private volatile boolean connected;
    private volatile boolean everHeard;
    private volatile long lastHeard;
    private volatile @Nullable String problem = "not connected yet";

    /**
     * @param url of the list, for the log
     */
    WatchStatus(String url) {
        this.url = url;
    }

    /** The watch is established. */
    void established() {
        connected = true;
        if (problem != null) {
            LOGGER.atInfo().addKeyValue("watch", url).log("watching");
        }
        problem = null;
    }

    /** The watch ended, which may be no problem. */
    void ended() {
        connected = false;
    }

    /** Something keeps the watch from being established. */
    void failed(String reason) {
        connected = false;
        if (!reason.equals(problem)) {
            LOGGER.atWarn()
                    .addKeyValue("watch", url)
                    .addKeyValue("reason", reason)
                    .log("watch lost, trying again");
        }
        problem = reason;
    }

    /** An event, a bookmark or the end of a list came. */
    void heard(long now) {
        lastHeard = now;
        everHeard = true;
    }

    /** Whether the watch is established. */
    boolean connected() {
        return connected;
    }

    /** What keeps it from being established; null if nothing does. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Time since {@link #heard}; null before the first. */
    @Nullable
    Duration age(long now) {
        return everHeard ? Duration.ofNanos(Math.max(0, now - lastHeard)) : null;
    }
}
