package io.remora.spring.webclient;

import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A request whose body is not asked for before there is a connection: till then, all of it is there for another pod. */
final class DelayedRequest extends ClientHttpRequestDecorator {

    private final Mono<Void> begun;

    /** @param begun completes when there is a connection */
    DelayedRequest(ClientHttpRequest delegate, Mono<Void> begun) {
        super(delegate);
        this.begun = begun;
    }

    private <T> Flux<T> delayed(Publisher<T> body) {
        return Flux.from(body).delaySubscription(begun);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return super.writeWith(delayed(body));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return super.writeAndFlushWith(delayed(body));
    }
}
