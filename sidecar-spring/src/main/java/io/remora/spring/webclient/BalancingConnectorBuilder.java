package io.remora.spring.webclient;

import io.remora.client.RequestBalancer;
import io.remora.spring.ConnectTimeout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** Makes the connectors that the application's own builder makes, and lets them balance. Thread-safe. */
final class BalancingConnectorBuilder implements ClientHttpConnectorBuilder<ClientHttpConnector> {

    private final ClientHttpConnectorBuilder<?> own;
    private final Supplier<RequestBalancer> balancer;
    private final ClusterIpNotice notice;

    /** @param balancer asked by requests: what it is made of may itself want a client */
    BalancingConnectorBuilder(
            ClientHttpConnectorBuilder<?> own, Supplier<RequestBalancer> balancer, ClusterIpNotice notice) {
        this.own = own;
        this.balancer = balancer;
        this.notice = notice;
    }

    @Override
    public ClientHttpConnector build(@Nullable HttpClientSettings given) {
        HttpClientSettings settings = ConnectTimeout.orDefault(given);
        if (own instanceof ReactorClientHttpConnectorBuilder reactor) {
            return Reactor.build(reactor, settings, this);
        }
        if (own instanceof JettyClientHttpConnectorBuilder jetty) {
            return Jetty.build(jetty, settings, this);
        }
        return balancing(own.build(given), Unreachable.PODS, settings);
    }

    @Override
    public ClientHttpConnectorBuilder<ClientHttpConnector> withCustomizers(
            Collection<Consumer<ClientHttpConnector>> customizers) {
        return new BalancingConnectorBuilder(customized(own, customizers), balancer, notice);
    }

    @SuppressWarnings("unchecked") // whoever customizes a connector means that of the builder that is wrapped
    private static <T extends ClientHttpConnector> ClientHttpConnectorBuilder<T> customized(
            ClientHttpConnectorBuilder<T> builder, Collection<Consumer<ClientHttpConnector>> customizers) {
        return builder.withCustomizers((Collection<Consumer<T>>) (Collection<?>) customizers);
    }

    private ClientHttpConnector balancing(
            ClientHttpConnector connector, PodConnector pods, HttpClientSettings settings) {
        return new BalancingConnector(connector, pods, balancer, allowed(settings), notice);
    }

    private static Predicate<InetAddress> allowed(HttpClientSettings settings) {
        InetAddressFilter filter = settings.inetAddressFilter();
        return filter == null ? address -> true : filter::matches;
    }

    /** In a class of its own: Reactor Netty need not be there. */
    private static final class Reactor {

        private Reactor() {}

        static ClientHttpConnector build(
                ReactorClientHttpConnectorBuilder own, HttpClientSettings settings, BalancingConnectorBuilder builder) {
            AtomicReference<@Nullable HttpClient> made = new AtomicReference<>();
            ClientHttpConnector connector = own.withHttpClientCustomizer(client -> {
                        made.set(client);
                        return client;
                    })
                    .build(settings);
            HttpClient client = made.get();
            return builder.balancing(
                    connector, client == null ? Unreachable.PODS : new ReactorPodConnector(client), settings);
        }
    }

    /** In a class of its own: Jetty need not be there. */
    private static final class Jetty {

        private Jetty() {}

        static ClientHttpConnector build(
                JettyClientHttpConnectorBuilder own, HttpClientSettings settings, BalancingConnectorBuilder builder) {
            AtomicReference<org.eclipse.jetty.client.@Nullable HttpClient> made = new AtomicReference<>();
            ClientHttpConnector connector =
                    own.withHttpClientCustomizer(made::set).build(settings);
            org.eclipse.jetty.client.HttpClient client = made.get();
            return builder.balancing(
                    connector, client == null ? Unreachable.PODS : new JettyPodConnector(client, connector), settings);
        }
    }

    /** Of a client that cannot. */
    private enum Unreachable implements PodConnector {
        PODS;

        @Override
        public boolean reaches(URI uri) {
            return false;
        }

        @Override
        public Mono<ClientHttpResponse> connect(
                InetSocketAddress pod,
                HttpMethod method,
                URI uri,
                Function<? super ClientHttpRequest, Mono<Void>> callback) {
            throw new IllegalStateException("cannot reach a pod for " + uri);
        }
    }
}
