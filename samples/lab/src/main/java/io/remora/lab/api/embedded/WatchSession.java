package io.remora.lab.api.embedded;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/** One watch, from its first event to its end. Owned by the event loop. */
final class WatchSession implements Consumer<Change> {
    private static final long DEFAULT_TIMEOUT_SECONDS = 45 * 60;
    /** A kube-apiserver sends a last bookmark this long before a watch ends by its time-out. */
    private static final long LAST_BOOKMARK_SECONDS = 2;

    /** Where the events go: a chunked answer or a WebSocket. */
    interface Sink {
        void send(WatchEvent event);

        /** Ends the answer in good order. */
        void end();
    }

    private final ObjectStore store;
    private final Target target;
    private final Query query;
    private final Predicate<ObjectNode> selected;
    private final Sink sink;
    private long newest;
    private final List<Future<?>> timers = new ArrayList<>();
    private boolean open = true;

    /** Checks the request; nothing is sent yet. */
    WatchSession(ObjectStore store, Target target, Query query, Sink sink) {
        this.store = store;
        this.target = target;
        this.query = query;
        this.selected = query.selector(target);
        this.sink = sink;
        this.newest = query.number("resourceVersion", 0);
    }

    Target target() {
        return target;
    }

    /**
     * Sends what has happened since the requested resource version, then everything that happens.
     *
     * @param bookmarkInterval how often a watch that asks for bookmarks gets one
     */
    void start(EventLoop loop, Duration bookmarkInterval) {
        try {
            if (newest == 0 || query.flag("sendInitialEvents")) {
                sendExisting();
            } else {
                store.changesAfter(newest).forEach(this);
            }
        } catch (ApiFailure failure) {
            sink.send(WatchEvent.error(failure));
            finish();
            return;
        }
        store.subscribe(this);
        long seconds = query.number("timeoutSeconds", DEFAULT_TIMEOUT_SECONDS);
        timers.add(loop.schedule(this::finish, seconds, TimeUnit.SECONDS));
        if (query.flag("allowWatchBookmarks")) {
            long interval = bookmarkInterval.toMillis();
            timers.add(loop.scheduleAtFixedRate(this::bookmark, interval, interval, TimeUnit.MILLISECONDS));
            if (seconds > LAST_BOOKMARK_SECONDS) {
                timers.add(loop.schedule(this::bookmark, seconds - LAST_BOOKMARK_SECONDS, TimeUnit.SECONDS));
            }
        }
    }

    private void sendExisting() {
        for (StoredObject object : store.list(target.type(), target.namespace())) {
            if (selected.test(object.tree())) {
                sink.send(new WatchEvent("ADDED", object));
            }
        }
        newest = store.revision();
        if (query.flag("allowWatchBookmarks")) {
            sink.send(WatchEvent.bookmark(target.type(), newest, true));
        }
    }

    /**
     * A watch from a resource version that does not exist yet stays silent until it does, bookmarks included: clients of a
     * server that lost its state meet this.
     */
    @Override
    public void accept(Change change) {
        if (!change.key().type().equals(target.type()) || change.revision() <= newest) {
            return;
        }
        change.seenThrough(selected).ifPresent(event -> {
            newest = change.revision();
            sink.send(event);
        });
    }

    /** Like kube-apiserver it says nothing when there is nothing newer than what was sent last. */
    private void bookmark() {
        if (open && store.revision() > newest) {
            newest = store.revision();
            sink.send(WatchEvent.bookmark(target.type(), newest, false));
        }
    }

    /** Ends the watch as a time-out does. */
    void finish() {
        if (open) {
            cancel();
            sink.end();
        }
    }

    /** Forgets the watch; its connection is gone. */
    void cancel() {
        open = false;
        store.unsubscribe(this);
        timers.forEach(timer -> timer.cancel(false));
    }
}
