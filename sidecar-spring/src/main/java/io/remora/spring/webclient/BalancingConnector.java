package io.remora.spring.webclient;

import io.remora.balancer.DestinationBalancer;
import io.remora.client.RequestAttempt;
import io.remora.client.RequestBalancer;
import io.remora.client.RequestRefusedException;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/** Sends a request to a pod where its host is a Service, and else as the application's own connector does. Thread-safe. */
final class BalancingConnector implements ClientHttpConnector, Closeable {

    private final ClientHttpConnector own;
    private final PodConnector pods;
    private final Supplier<RequestBalancer> balancer;
    private final Predicate<InetAddress> allowed;
    private final ClusterIpNotice notice;

    /**
     * @param own what the application would have without us; closed with this
     * @param balancer asked by requests: what it is made of may itself want a client
     * @param allowed the addresses that the application's settings let it dial
     */
    BalancingConnector(
            ClientHttpConnector own,
            PodConnector pods,
            Supplier<RequestBalancer> balancer,
            Predicate<InetAddress> allowed,
            ClusterIpNotice notice) {
        this.own = own;
        this.pods = pods;
        this.balancer = balancer;
        this.allowed = allowed;
        this.notice = notice;
    }

    @Override
    public Mono<ClientHttpResponse> connect(
            HttpMethod method, URI uri, Function<? super ClientHttpRequest, Mono<Void>> callback) {
        return connect(method, uri, callback, 0);
    }

    /** @param redirects how many led to this request */
    Mono<ClientHttpResponse> connect(
            HttpMethod method, URI uri, Function<? super ClientHttpRequest, Mono<Void>> callback, int redirects) {
        if (!TargetUri.isHttp(uri) || balancer.get().names().find(uri.getHost()) == null) {
            return own.connect(method, uri, callback);
        }
        Redirects follow = new Redirects(this, redirects, method, uri, callback);
        Exchange exchange = new Exchange(pods, method, uri, callback, follow::follow, allowed);
        return Mono.deferContextual(context -> find(uri)
                .flatMap(found -> found.isPresent()
                        ? balanced(exchange, found.get(), uri, context)
                        : Mono.<ClientHttpResponse>empty())
                .switchIfEmpty(Mono.defer(() -> own.connect(method, uri, callback))));
    }

    /** The Service that is meant; empty if there is none, or if it cannot be served by this client. */
    private Mono<Optional<DestinationBalancer>> find(URI uri) {
        CompletableFuture<Optional<DestinationBalancer>> found =
                balancer.get().lookUp(uri.getHost(), TargetUri.port(uri)).toCompletableFuture();
        if (found.isDone()) {
            return Mono.just(found.join());
        }
        // What follows is the application's code, and the thread that has found it out is not for that.
        return Mono.fromFuture(found, true).publishOn(Schedulers.parallel());
    }

    /** Empty if the application's own connector is to send the request. */
    private Mono<ClientHttpResponse> balanced(
            Exchange exchange, DestinationBalancer destination, URI uri, ContextView context) {
        if (!pods.reaches(uri)) {
            notice.keepsClusterIp(own, uri);
            return Mono.empty();
        }
        HttpHeaders headers = RequestHeaders.of(context);
        RequestAttempt attempt;
        try {
            attempt = balancer.get().begin(destination, name -> value(headers, name));
        } catch (RequestRefusedException e) {
            return Mono.error(e);
        }
        return exchange.send(attempt);
    }

    private static @Nullable String value(@Nullable HttpHeaders headers, String name) {
        return headers == null ? null : headers.getFirst(name);
    }

    @Override
    public void close() throws IOException {
        if (own instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
