package io.remora.spring.webclient;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Tells the connector the headers of a request, which it would else see only when there is a connection: a Service may be
 * balanced by a hash of one of them.
 */
final class RequestHeaders implements ExchangeFilterFunction, WebClientCustomizer {

    private static final Class<RequestHeaders> KEY = RequestHeaders.class;

    @Override
    public void customize(WebClient.Builder builder) {
        builder.filter(this);
    }

    @Override
    public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
        return next.exchange(request).contextWrite(context -> context.put(KEY, request.headers()));
    }

    /** The headers; null if the request was not made by a WebClient that has the filter. */
    static @Nullable HttpHeaders of(ContextView context) {
        return context.getOrDefault(KEY, null);
    }
}
