package io.remora.kubernetes;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a watch is doing; what changes is logged. Written by the loop's thread, read by any. */
final class WatchStatus {

    private static final Logger LOGGER = LoggerFactory.getLogger(WatchStatus.class);

    private final String objects;
    private final String url;
    private boolean everConnected;
    private String lastCause = "";
    private volatile boolean connected;
    private volatile boolean everHeard;
    private volatile long lastHeard;
    private volatile boolean beginning = true; // neither established nor failed yet
    private volatile @Nullable String problem = "not connected yet";

    /** What was tried; its words are those of messages. */
    enum Action {
        LIST,
        WATCH;

        private String word() {
            return this == LIST ? "list" : "watch";
        }
    }

    /**
     * @param objects what is watched, for people, like {@code services in namespace shop}
     * @param url of the list, for the log
     */
    WatchStatus(String objects, String url) {
        this.objects = objects;
        this.url = url;
    }

    /** The watch is established: the API server has answered that it tells all that happens from here on. */
    void established(long now) {
        connected = true;
        everConnected = true;
        heard(now);
        if (problem != null) {
            LOGGER.atInfo().addKeyValue("watch", url).log("watching");
        }
        problem = null;
        beginning = false;
        lastCause = "";
    }

    /** The watch ended, which may be no problem. */
    void ended() {
        connected = false;
    }

    /** Something keeps the watch from being established. */
    void failed(Action action, String cause) {
        connected = false;
        if (!cause.equals(lastCause)) {
            LOGGER.atWarn()
                    .addKeyValue("watch", url)
                    .log(
                            everConnected
                                    ? "watch lost, trying again: " + cause
                                    : "cannot " + action.word() + " " + objects + " yet, trying again: " + cause);
        }
        lastCause = cause;
        problem = "cannot " + action.word() + " " + objects + ": " + cause;
        beginning = false;
    }

    /** Whether it is too early to say that it is not connected: nothing has failed. */
    boolean isBeginning() {
        return beginning;
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
