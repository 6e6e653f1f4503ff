package io.remora.spring.webclient;

import java.net.URI;
import java.util.List;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import reactor.core.publisher.Mono;

/** A request that follows a redirect, without what is not for the new place. */
final class RedirectedRequest extends ClientHttpRequestDecorator {

    /** What the application meant for the first host alone. */
    private static final List<String> OF_THE_HOST =
            List.of(HttpHeaders.EXPECT, HttpHeaders.COOKIE, HttpHeaders.AUTHORIZATION, HttpHeaders.PROXY_AUTHORIZATION);

    private static final List<String> OF_THE_BODY = List.of(
            HttpHeaders.CONTENT_LENGTH,
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.CONTENT_ENCODING,
            HttpHeaders.TRANSFER_ENCODING);

    private final boolean emptied;

    /**
     * @param target the new URL
     * @param emptied whether the body is not sent again
     * @param foreign whether the new URL has another scheme, host or port
     */
    RedirectedRequest(ClientHttpRequest delegate, URI target, boolean emptied, boolean foreign) {
        super(delegate);
        this.emptied = emptied;
        delegate.beforeCommit(() -> Mono.fromRunnable(() -> remove(target, foreign)));
    }

    private void remove(URI target, boolean foreign) {
        if (foreign) {
            OF_THE_HOST.forEach(getHeaders()::remove);
            getCookies().clear();
            getHeaders().set(HttpHeaders.HOST, TargetUri.hostHeader(target));
        }
        if (emptied) {
            OF_THE_BODY.forEach(getHeaders()::remove);
        }
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return emptied ? setComplete() : super.writeWith(body);
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return emptied ? setComplete() : super.writeAndFlushWith(body);
    }
}
