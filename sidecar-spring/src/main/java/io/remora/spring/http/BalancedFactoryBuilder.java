package io.remora.spring.http;

import io.remora.client.RequestBalancer;
import io.remora.spring.ConnectTimeout;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Builds what another builder builds, with requests to known Services balanced over their endpoints. Immutable, as that is.
 *
 * @param <T> what the other builder builds
 */
public final class BalancedFactoryBuilder<T extends ClientHttpRequestFactory>
        implements ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> {

    private final ClientHttpRequestFactoryBuilder<T> builder;
    private final ServiceCalls calls;
    private final Unbalanced unbalanced;

    private BalancedFactoryBuilder(
            ClientHttpRequestFactoryBuilder<T> builder, ServiceCalls calls, Unbalanced unbalanced) {
        this.builder = builder;
        this.calls = calls;
        this.unbalanced = unbalanced;
    }

    /** Of a builder of an application's own; the one that Spring Boot gives to its clients is one of these already. */
    public static <T extends ClientHttpRequestFactory> BalancedFactoryBuilder<T> of(
            ClientHttpRequestFactoryBuilder<T> builder, RequestBalancer requests) {
        return of(builder, () -> requests);
    }

    /** As {@link #of(ClientHttpRequestFactoryBuilder, RequestBalancer)}, of a balancer that need not be there yet. */
    static <T extends ClientHttpRequestFactory> BalancedFactoryBuilder<T> of(
            ClientHttpRequestFactoryBuilder<T> builder, Supplier<RequestBalancer> requests) {
        ServiceCalls calls = new ServiceCalls(requests);
        return new BalancedFactoryBuilder<>(builder, calls, new Unbalanced(calls));
    }

    @Override
    public ClientHttpRequestFactory build(@Nullable HttpClientSettings given) {
        if (given != null && given.inetAddressFilter() != null) {
            // What the filter says of addresses is said of a name's, when that is resolved.
            return unbalanced.filtered(builder.build(given));
        }
        HttpClientSettings settings = ConnectTimeout.orDefault(given);
        if (builder instanceof HttpComponentsClientHttpRequestFactoryBuilder httpComponents) {
            HttpComponentsCalls joined = new HttpComponentsCalls(calls);
            return httpComponents.withHttpClientCustomizer(joined::addTo).build(settings);
        }
        if (builder instanceof ReactorClientHttpRequestFactoryBuilder reactor) {
            ReactorPods pods = new ReactorPods();
            return new BalancedRequestFactory(
                    reactor.withHttpClientCustomizer(pods::joined).build(settings), pods, calls);
        }
        if (builder instanceof JettyClientHttpRequestFactoryBuilder jetty && JettyPods.isPossible()) {
            JettyPods pods = new JettyPods();
            return new BalancedRequestFactory(
                    jetty.withHttpClientCustomizer(pods::join).build(settings), pods, calls);
        }
        return unbalanced.unable(builder.build(given));
    }

    @Override
    @SuppressWarnings("unchecked") // whoever customizes a factory means that of the builder that is wrapped
    public ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> withCustomizers(
            Collection<Consumer<ClientHttpRequestFactory>> customizers) {
        Collection<Consumer<T>> own = (Collection<Consumer<T>>) (Collection<?>) customizers;
        return new BalancedFactoryBuilder<>(builder.withCustomizers(own), calls, unbalanced);
    }
}
