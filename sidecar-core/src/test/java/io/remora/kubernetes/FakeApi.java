package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An API server of which the test answers each request by hand. */
final class FakeApi implements ApiTransport {

    static final String SERVICES = "/api/v1/services";
    static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";

    /** A request that was sent. */
    final class Request implements Exchange {
        final String path;
        private final Listener listener;
        private boolean cancelled;
        private boolean answered;

        Request(String path, Listener listener) {
            this.path = path;
            this.listener = listener;
        }

        boolean isCancelled() {
            return cancelled;
        }

        /** Begins a successful answer. */
        Request open() {
            answered = true;
            listener.head(200);
            return this;
        }

        /** Sends part of the answer. */
        Request send(String text) {
            listener.bytes(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            return this;
        }

        void end() {
            listener.end(null);
        }

        void fail() {
            answered = true;
            listener.end(new IOException("fails for a test"));
        }

        void answer(String text) {
            open().send(text).end();
        }

        void refuse(int code) {
            refuse(code, "refused for a test");
        }

        void refuse(int code, String message) {
            answered = true;
            listener.head(code);
            send("{\"kind\":\"Status\",\"code\":" + code + ",\"message\":\"" + message + "\"}")
                    .end();
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public void suspect(long since) {
            suspected++;
        }
    }

    final List<Request> requests = new ArrayList<>();
    int suspected;
    int renewed;
    boolean closed;

    /** Returns the newest request for a resource, which must not be answered yet. */
    Request pending(String resource) {
        Request request = newest(resource);
        assertThat(request.answered || request.cancelled)
                .as("newest request for %s is answered: %s", resource, request.path)
                .isFalse();
        return request;
    }

    /** Returns whether a request for a resource waits for its answer. */
    boolean isPending(String resource) {
        Request request = find(resource);
        return request != null && !request.answered && !request.cancelled;
    }

    /** Returns the newest request for a resource. */
    Request newest(String resource) {
        Request found = find(resource);
        if (found == null) {
            throw new AssertionError("no request for " + resource);
        }
        return found;
    }

    private @Nullable Request find(String resource) {
        Request found = null;
        for (Request request : requests) {
            found = isFor(request, resource) ? request : found;
        }
        return found;
    }

    /** Returns how many requests for a resource were sent. */
    long count(String resource) {
        return requests.stream().filter(request -> isFor(request, resource)).count();
    }

    private static boolean isFor(Request request, String resource) {
        return request.path.equals(resource) || request.path.startsWith(resource + "?");
    }

    @Override
    public Exchange get(String path, Duration longest, Listener listener) {
        Request request = new Request(path, listener);
        requests.add(request);
        return request;
    }

    @Override
    public void renew() {
        renewed++;
    }

    @Override
    public String url(String path) {
        return "http://api" + path;
    }

    @Override
    public int connections(int watches) {
        return 1;
    }

    @Override
    public void close() {
        closed = true;
    }
}
