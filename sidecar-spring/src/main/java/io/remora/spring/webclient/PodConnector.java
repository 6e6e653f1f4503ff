package io.remora.spring.webclient;

import io.remora.balancer.Outcome;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;

/** Sends requests to pods, by one HTTP client library. Thread-safe. */
interface PodConnector {

    /** Whether a request to this URL can go to a pod while the URL's host stays in all that is sent and checked. */
    boolean reaches(URI uri);

    /**
     * Sends a request.
     *
     * @param pod what to dial
     * @param uri as the application wrote it, one that {@link #reaches reaches}
     * @param callback writes the request; called when there is a connection to the pod, or before
     */
    Mono<ClientHttpResponse> connect(
            InetSocketAddress pod,
            HttpMethod method,
            URI uri,
            Function<? super ClientHttpRequest, Mono<Void>> callback);

    /** Whether there was a connection to the pod, of a request that was given to the callback. */
    default boolean isConnected(ClientHttpRequest request) {
        return true;
    }

    /** Whether a request that was begun failed in the TLS handshake, before anything of it was sent. */
    default boolean isShakenOff(ClientHttpRequest request, Throwable problem) {
        return false;
    }

    /**
     * Returns what it says of the pod that a request failed, if the server said that it was not processed; else null.
     */
    default @Nullable Outcome unprocessed(ClientHttpRequest request) {
        return null;
    }

    /** Whether a request that failed was not sent at all, though it was begun: the pool's connection was closed already. */
    default boolean isUnsent(ClientHttpRequest request, Throwable problem) {
        return false;
    }

    /** Whether the client is set to follow the redirect that a response is, and leaves that to us. */
    default boolean follows(ClientHttpRequest request, ClientHttpResponse response) {
        return false;
    }

    /** Whether the client itself follows a redirect of the request, so that what comes now need not be of the pod. */
    default boolean isRedirected(ClientHttpRequest request) {
        return false;
    }

    /** Completes when the connection is no more used by this request, even if nobody reads the response; null if unknown. */
    default @Nullable Mono<Void> terminated(ClientHttpRequest request) {
        return null;
    }
}
