package io.remora.kubernetes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * As few HTTP/2 connections as the requests need: an API server takes a hundred streams on each
 * ({@code --http2-max-streams-per-connection}), and the JDK's client fails a request beyond that instead of opening another
 * connection. Requests go where most of them are, so that a connection which is not needed any more becomes empty.
 */
final class PooledApiTransport implements ApiTransport {

    /** A margin below the hundred: a stream counts for the server until it has seen its end. */
    static final int STREAMS_PER_CONNECTION = 90;

    private final Supplier<HttpApiTransport> members;
    private final List<HttpApiTransport> open = new ArrayList<>(); // owned by the loop's thread
    private final HttpApiTransport first;
    private volatile int size = 1; // written by the loop's thread

    /**
     * @param members makes one that has a connection of its own
     */
    PooledApiTransport(Supplier<HttpApiTransport> members) {
        this.members = members;
        this.first = members.get();
        open.add(first);
    }

    @Override
    public Exchange get(String path, Duration longest, Listener listener) {
        HttpApiTransport fullest = null;
        for (HttpApiTransport each : List.copyOf(open)) {
            if (each.open() < STREAMS_PER_CONNECTION && (fullest == null || each.open() > fullest.open())) {
                fullest = each;
            }
        }
        return (fullest == null ? another() : emptied(fullest)).get(path, longest, listener);
    }

    private HttpApiTransport another() {
        HttpApiTransport made = members.get();
        open.add(made);
        size = open.size();
        return made;
    }

    /** Closes what carries nothing any more, but for the one that is used next. */
    private HttpApiTransport emptied(HttpApiTransport next) {
        if (open.size() > 1) {
            open.removeIf(each -> {
                boolean idle = each.open() == 0 && !each.equals(next) && !each.equals(first);
                if (idle) {
                    each.close();
                }
                return idle;
            });
            size = open.size();
        }
        return next;
    }

    @Override
    public void renew() {
        List.copyOf(open).forEach(HttpApiTransport::renew);
    }

    @Override
    public String url(String path) {
        return first.url(path);
    }

    @Override
    public int connections(int watches) {
        return first.isMultiplexed() ? size : watches;
    }

    @Override
    public void close() {
        open.forEach(HttpApiTransport::close);
    }
}
