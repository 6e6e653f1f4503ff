package io.remora.spring.webclient;

import io.remora.client.FailureOutcome;
import io.remora.spring.jetty.JettyPodResolver;
import io.remora.spring.jetty.JettyProxy;
import io.remora.spring.jetty.JettyRedirects;
import io.remora.spring.jetty.PodTag;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;

/**
 * Jetty. A request carries a tag that names its pod: Jetty keeps a pool for each tag, and shows it to
 * {@link JettyPodResolver} when a connection is to be made. The URL, and all that is made of it, is the application's.
 */
final class JettyPodConnector implements PodConnector {

    private static final String BEGUN = JettyPodConnector.class.getName() + ".begun";

    private static final String ENDED = JettyPodConnector.class.getName() + ".ended";

    private static final String WRITTEN = JettyPodConnector.class.getName() + ".written";

    private final HttpClient client;
    private final ClientHttpConnector connector;

    /**
     * @param client of the connector, not started
     * @param connector what the application would have without us
     */
    JettyPodConnector(HttpClient client, ClientHttpConnector connector) {
        this.client = client;
        this.connector = connector;
        JettyRedirects.watch(client);
        client.setSocketAddressResolver(new JettyPodResolver(client, client.getSocketAddressResolver()));
    }

    @Override
    public boolean reaches(URI uri) {
        return !JettyProxy.stands(client, uri.getScheme(), uri.getHost(), TargetUri.port(uri));
    }

    @Override
    public Mono<ClientHttpResponse> connect(
            InetSocketAddress pod,
            HttpMethod method,
            URI uri,
            Function<? super ClientHttpRequest, Mono<Void>> callback) {
        PodTag tag = new PodTag(uri.getHost(), TargetUri.port(uri), TargetUri.named(pod, uri.getHost()));
        return connector.connect(method, uri, request -> {
            Request sent = request.getNativeRequest();
            CompletableFuture<Void> begun = new CompletableFuture<>();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            sent.tag(tag)
                    .attribute(BEGUN, begun)
                    .attribute(ENDED, ended)
                    .onComplete(result -> ended.complete(null))
                    .onRequestBegin(begin -> begun.complete(null))
                    .onRequestCommit(committed -> committed.attribute(WRITTEN, true));
            return callback.apply(new DelayedRequest(request, Mono.fromFuture(begun, true)));
        });
    }

    /** Jetty's handshake begins with the head of the request, and that is written when it is done. */
    @Override
    public boolean isShakenOff(ClientHttpRequest request, Throwable problem) {
        return FailureOutcome.isHandshake(problem)
                && request.getNativeRequest() instanceof Request sent
                && !sent.getAttributes().containsKey(WRITTEN);
    }

    @Override
    public boolean isRedirected(ClientHttpRequest request) {
        return request.getNativeRequest() instanceof Request sent && JettyRedirects.isRedirected(sent);
    }

    /** Of a response that nobody reads as well: Jetty frees the connection, or its idle timeout does. */
    @Override
    public @Nullable Mono<Void> terminated(ClientHttpRequest request) {
        return request.getNativeRequest() instanceof Request sent
                        && sent.getAttributes().get(ENDED) instanceof CompletableFuture<?> ended
                ? Mono.fromFuture(ended, true).then()
                : null;
    }

    /** Jetty has the request written before it connects. */
    @Override
    public boolean isConnected(ClientHttpRequest request) {
        return request.getNativeRequest() instanceof Request sent
                && sent.getAttributes().get(BEGUN) instanceof CompletableFuture<?> begun
                && begun.isDone();
    }
}
