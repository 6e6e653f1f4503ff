package io.remora.samples.caller;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** Makes a future of a gRPC call's one answer. */
final class Answer implements StreamObserver<String> {
    private final CompletableFuture<String> future;

    Answer(CompletableFuture<String> future) {
        this.future = future;
    }

    @Override
    public void onNext(String value) {
        future.complete(value);
    }

    @Override
    public void onError(Throwable problem) {
        future.completeExceptionally(problem);
    }

    @Override
    public void onCompleted() {
        future.completeExceptionally(new IllegalStateException("the call ended without an answer"));
    }
}
