package io.remora.spring.http;

import io.remora.balancer.DestinationBalancer;
import io.remora.client.RequestBalancer;
import io.remora.spring.UriPort;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which balancer a call of a blocking client belongs to. Thread-safe. */
final class ServiceCalls {

    private final Supplier<RequestBalancer> requests;

    /** @param requests asked by calls: what it is made of may itself want a client */
    ServiceCalls(Supplier<RequestBalancer> requests) {
        this.requests = requests;
    }

    /**
     * Returns the balancer of the Service port that a URI means; null if the call is none of ours. Waits while the source
     * of Services finds out, no longer than the hold time.
     *
     * @throws InterruptedIOException if the thread was interrupted, which it stays
     */
    @Nullable
    DestinationBalancer find(URI uri) throws IOException {
        return find(uri.getScheme(), uri.getHost(), uri.getPort());
    }

    /** As {@link #find(URI)}; a port that is not given is -1. */
    @Nullable
    DestinationBalancer find(@Nullable String scheme, @Nullable String host, int port) throws IOException {
        int dialled = UriPort.of(scheme, port);
        if (host == null || dialled < 0) {
            return null;
        }
        try {
            return requests.get()
                    .lookUp(host, dialled)
                    .toCompletableFuture()
                    .get()
                    .orElse(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("interrupted while it was asked whether " + host + " is a Service");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            throw new IOException("could not find out whether " + host + " is a Service", e.getCause());
        }
    }

    RequestBalancer requests() {
        return requests.get();
    }
}
