package io.remora.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests through fabric8's HTTP client. Over TLS the JDK client agrees on HTTP/2 with a real API server, and all
 * watches and lists share one connection; otherwise each takes one of its own. As the JDK client would open a connection
 * for each request that comes before the first is established, those wait for the first answer.
 */
final class HttpApiTransport implements ApiTransport {

    private static final Logger LOGGER = LoggerFactory.getLogger(HttpApiTransport.class);

    private final String baseUrl;
    private final Supplier<HttpClient> clients;
    private final WatchLoop loop;
    // All of these are owned by the loop's thread.
    private final Set<Call> open = new LinkedHashSet<>();
    private final Queue<Call> waiting = new ArrayDeque<>();
    private @Nullable Call first;
    private boolean established;
    private @Nullable HttpClient client;
    private long lastHeard;
    private boolean closed;
    private volatile boolean multiplexed; // written by the loop's thread

    /**
     * @param clients makes the HTTP client, first when it is needed and again when its connections were given up
     */
    HttpApiTransport(String baseUrl, Supplier<HttpClient> clients, WatchLoop loop) {
        this.baseUrl = baseUrl.replaceFirst("/+$", "");
        this.clients = clients;
        this.loop = loop;
        this.lastHeard = loop.now();
        this.multiplexed = baseUrl.startsWith("https:");
    }

    @Override
    public Exchange get(String path, Duration longest, Listener listener) {
        if (open.isEmpty()) {
            established = false; // an idle connection may have been closed: this request opens another alone
        }
        Call call = new Call(path, longest, listener);
        open.add(call);
        if (first != null && multiplexed && !established) {
            waiting.add(call);
        } else {
            send(call);
        }
        return call;
    }

    private void send(Call call) {
        if (!established) {
            first = call;
        }
        try {
            if (closed) {
                throw new IOException("closed");
            }
            HttpClient current = client;
            if (current == null) {
                current = clients.get();
                client = current;
            }
            var unused = current.consumeBytes(
                            current.newHttpRequestBuilder()
                                    .uri(baseUrl + call.path)
                                    .header("Accept", "application/json")
                                    .timeout(call.longest.toMillis(), TimeUnit.MILLISECONDS)
                                    .build(),
                            call::received)
                    .whenComplete((response, failure) -> loop.execute(() -> call.answered(response, failure)));
        } catch (IOException | RuntimeException e) {
            loop.execute(() -> call.over(e));
        }
    }

    /** The first request got its answer: there is a connection. Or it got none: then the next one tries. */
    private void firstIsOver(boolean answered) {
        first = null;
        established = answered;
        for (Call next = waiting.poll(); next != null; next = waiting.poll()) {
            if (!next.over) {
                send(next);
                if (!established) {
                    return;
                }
            }
        }
    }

    private void suspect(long since) {
        if (lastHeard - since <= 0) {
            LOGGER.atWarn().addKeyValue("api", baseUrl).log("connection to the API server is silent, opening another");
            renew();
        }
    }

    @Override
    public void renew() {
        HttpClient old = client;
        client = null;
        first = null;
        established = false;
        waiting.clear(); // they are among the open ones
        lastHeard = loop.now();
        for (Call call : List.copyOf(open)) {
            call.over(new IOException("the connection was given up"));
        }
        if (old != null) {
            old.close();
        }
    }

    @Override
    public String url(String path) {
        return baseUrl + path;
    }

    @Override
    public int connections(int watches) {
        return multiplexed ? 1 : watches;
    }

    /** How many requests are under way. */
    int open() {
        return open.size();
    }

    /** Whether requests share one connection, as far as is known. Any thread. */
    boolean isMultiplexed() {
        return multiplexed;
    }

    @Override
    public void close() {
        closed = true;
        for (Call call : List.copyOf(open)) {
            call.cancel();
        }
        HttpClient old = client;
        client = null;
        if (old != null) {
            old.close();
        }
    }

    /** Owned by the loop's thread, except for {@link #received}. */
    private final class Call implements Exchange {

        private final String path;
        private final Duration longest;
        private final Listener listener;
        private @Nullable AsyncBody body;
        private boolean over;

        Call(String path, Duration longest, Listener listener) {
            this.path = path;
            this.longest = longest;
            this.listener = listener;
        }

        void answered(@Nullable HttpResponse<AsyncBody> response, @Nullable Throwable failure) {
            if (response == null) {
                over(failure == null ? new IOException("no answer") : failure);
                return;
            }
            AsyncBody answer = response.body();
            if (over) {
                answer.cancel();
                return;
            }
            lastHeard = loop.now();
            // HTTP/2 knows no transfer encodings (RFC 9113, 8.2.2), and an HTTP/1.1 watch always has one.
            if (!response.headers("transfer-encoding").isEmpty()) {
                multiplexed = false;
            }
            body = answer;
            if (equals(first)) {
                firstIsOver(true);
            }
            listener.head(response.code());
            if (!over) {
                // Bytes reach the loop before this does, as both are handed over in order by the client.
                var unused = answer.done().whenComplete((done, problem) -> loop.execute(() -> over(problem)));
                answer.consume();
            }
        }

        /** Called by a thread of the HTTP client; the next bytes are asked for when these were taken. */
        void received(List<ByteBuffer> buffers, AsyncBody from) {
            loop.execute(() -> {
                if (over) {
                    from.cancel();
                    return;
                }
                lastHeard = loop.now();
                for (ByteBuffer buffer : buffers) {
                    if (!over) {
                        listener.bytes(buffer);
                    }
                }
                from.consume();
            });
        }

        void over(@Nullable Throwable failure) {
            if (!over) {
                if (failure != null) {
                    established = false; // the connection may be gone: the next request opens another alone
                }
                cancel();
                listener.end(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
        }

        @Override
        public void cancel() {
            over = true;
            open.remove(this);
            if (body != null) {
                body.cancel();
            }
            if (equals(first)) {
                firstIsOver(false);
            }
        }

        @Override
        public void suspect(long since) {
            HttpApiTransport.this.suspect(since);
        }
    }
}
