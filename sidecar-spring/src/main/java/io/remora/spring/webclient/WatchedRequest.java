package io.remora.spring.webclient;

import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A request that knows of its body whether it was asked for, and whether it was that which failed. Written by whoever sends
 * the body, read by any thread.
 */
final class WatchedRequest extends ClientHttpRequestDecorator {

    private volatile boolean asked;
    private volatile boolean failed;
    private volatile boolean sendingFailed;

    WatchedRequest(ClientHttpRequest delegate) {
        super(delegate);
    }

    /** Whether the body was asked for: until then, all of it is there for another pod. */
    boolean isBodyAsked() {
        return asked;
    }

    /** Whether the application could not produce its body, of which the pod knows nothing. */
    boolean hasBodyFailed() {
        return failed;
    }

    /** Lets the application write it. Some of it may fail before there is a body to be asked for. */
    Mono<Void> write(Function<? super ClientHttpRequest, Mono<Void>> application) {
        return application.apply(this).doOnError(problem -> failed |= !sendingFailed);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return sending(super.writeWith(watched(body)));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return sending(super.writeAndFlushWith(watched(Flux.from(body).map(this::watched))));
    }

    @Override
    public Mono<Void> setComplete() {
        return sending(super.setComplete());
    }

    private Mono<Void> sending(Mono<Void> sent) {
        return sent.doOnError(problem -> sendingFailed = !failed);
    }

    /** A single value stays one: clients write its length. */
    private <T> Publisher<T> watched(Publisher<T> body) {
        return body instanceof Mono<T> single
                ? single.doFirst(() -> asked = true).doOnError(problem -> failed = true)
                : Flux.from(body).doFirst(() -> asked = true).doOnError(problem -> failed = true);
    }
}
