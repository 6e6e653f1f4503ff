package io.remora.spring.webclient;

import io.remora.balancer.Outcome;
import io.remora.spring.netty.ReactorProxy;
import io.remora.spring.netty.StreamVerdict;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.HttpOperations;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Reactor Netty. A pod is dialled by an address that has the Service's name as its host name and the pod's bytes: the name
 * goes into TLS SNI and is what the certificate is checked against, and address and name together are the key of the
 * client's connection pool.
 *
 * <p>A retry or a redirect of Reactor Netty's own would look the name up in DNS and dial the pod's port there; so both are
 * switched off, and done by {@link Exchange} and {@link Redirects}.
 */
final class ReactorPodConnector implements PodConnector {

    private final HttpClient plain;
    private final HttpClient secure;
    private final boolean retries;
    private final @Nullable BiPredicate<HttpClientRequest, HttpClientResponse> followed;

    /** @param client what the application's settings and customizers made */
    ReactorPodConnector(HttpClient client) {
        HttpClientConfig config = client.configuration();
        retries = !config.isRetryDisabled();
        followed = config.followRedirectPredicate();
        HttpClient once = client.disableRetry(true).followRedirect(false);
        HttpClient rooted = config.baseUrl() == null ? once : once.baseUrl("");
        // Made once: the TLS settings are in the key of the pool, and costly.
        plain = rooted.noSSL();
        secure = config.isSecure() ? rooted : rooted.secure();
    }

    @Override
    public boolean reaches(URI uri) {
        String path = uri.getRawPath();
        return !ReactorProxy.stands(plain.configuration(), uri.getHost(), TargetUri.port(uri))
                && (path == null || !path.startsWith("//"));
    }

    @Override
    public Mono<ClientHttpResponse> connect(
            InetSocketAddress pod,
            HttpMethod method,
            URI uri,
            Function<? super ClientHttpRequest, Mono<Void>> callback) {
        InetSocketAddress address = TargetUri.named(pod, uri.getHost());
        HttpClient client = (TargetUri.isSecure(uri) ? secure : plain).remoteAddress(() -> address);
        return new ReactorClientHttpConnector(client).connect(method, TargetUri.pathAndQuery(uri), request -> {
            if (request.getNativeRequest() instanceof Connection connection) {
                StreamVerdict.listen(connection.channel());
            }
            return callback.apply(new LogicalRequest(request, uri));
        });
    }

    @Override
    public @Nullable Outcome unprocessed(ClientHttpRequest request) {
        return request.getNativeRequest() instanceof Connection connection
                ? StreamVerdict.of(connection.channel())
                : null;
    }

    @Override
    public boolean isUnsent(ClientHttpRequest request, Throwable problem) {
        return retries
                && AbortedException.isConnectionReset(problem)
                && (problem instanceof AbortedException // it was closed before the send, which is marked as done then
                        || request.getNativeRequest() instanceof HttpOperations<?, ?> operations
                                && !operations.hasSentHeaders());
    }

    @Override
    public boolean follows(ClientHttpRequest request, ClientHttpResponse response) {
        return followed != null
                && request.getNativeRequest() instanceof HttpClientRequest sent
                && sent instanceof HttpClientResponse received // one object, which the predicate is given twice
                && followed.test(sent, received);
    }

    @Override
    public @Nullable Mono<Void> terminated(ClientHttpRequest request) {
        return request.getNativeRequest() instanceof Connection connection ? connection.onTerminate() : null;
    }
}
