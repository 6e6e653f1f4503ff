package io.remora.spring.webclient;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;

/**
 * Follows a redirect as Reactor Netty does, but by the host that the application knows: the new URL may be one of a Service
 * or not.
 *
 * @param connector sends to the new URL
 * @param before how many redirects led here
 * @param method of the request that is redirected
 * @param uri of the request that is redirected
 * @param callback writes the request once more
 */
record Redirects(
        BalancingConnector connector,
        int before,
        HttpMethod method,
        URI uri,
        Function<? super ClientHttpRequest, Mono<Void>> callback) {

    /** As many as Reactor Netty follows; then the application has the response. */
    static final int MOST = 50;

    Mono<ClientHttpResponse> follow(ClientHttpResponse response) {
        @Nullable String location = response.getHeaders().getFirst(HttpHeaders.LOCATION);
        if (location == null || before >= MOST) {
            return Mono.just(response);
        }
        return response.getBody()
                .doOnNext(DataBufferUtils::release)
                .then(Mono.defer(() -> to(location, response.getStatusCode().value() == HttpStatus.SEE_OTHER.value())));
    }

    private Mono<ClientHttpResponse> to(String location, boolean seeOther) {
        URI target;
        try {
            target = uri.resolve(new URI(location));
        } catch (URISyntaxException e) {
            return Mono.error(new IllegalArgumentException("redirected to what is no URL: " + location, e));
        }
        boolean emptied = seeOther && !method.equals(HttpMethod.HEAD);
        boolean foreign = target.getHost() == null || !TargetUri.isSameOrigin(uri, target);
        return connector.connect(
                emptied ? HttpMethod.GET : method,
                target,
                request -> callback.apply(new RedirectedRequest(request, target, emptied, foreign)),
                before + 1);
    }
}
