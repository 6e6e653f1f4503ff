package io.remora.samples.caller;

import java.util.concurrent.CompletableFuture;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Receives and sends bodies of so many bytes by a WebClient, and holds none of them whole. */
record WebBytes(WebClient web, long bytes) implements Client {

    @Override
    public CompletableFuture<String> call() {
        Mono<Long> received = web.get()
                .uri("/bytes/{n}", bytes)
                .retrieve()
                .bodyToFlux(DataBuffer.class)
                .map(WebBytes::length)
                .reduce(0L, Long::sum);
        Mono<String> sent = web.post()
                .uri("/bytes")
                .contentLength(bytes)
                .body(chunks(bytes), DataBuffer.class)
                .retrieve()
                .bodyToMono(String.class);
        return received.flatMap(count -> sent.map(answer -> Bytes.checked(bytes, count, answer)))
                .toFuture();
    }

    /** Takes a buffer, and tells how long it was. */
    static long length(DataBuffer buffer) {
        long length = buffer.readableByteCount();
        DataBufferUtils.release(buffer);
        return length;
    }

    static Flux<DataBuffer> chunks(long bytes) {
        return Flux.generate(() -> bytes, (left, sink) -> {
            if (left <= 0) {
                sink.complete();
            } else {
                sink.next(DefaultDataBufferFactory.sharedInstance.wrap(Bytes.chunk(left)));
            }
            return left - Bytes.CHUNK;
        });
    }
}
