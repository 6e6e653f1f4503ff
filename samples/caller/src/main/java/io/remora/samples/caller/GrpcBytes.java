package io.remora.samples.caller;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Sends a stream of so many bytes by gRPC, each chunk when the one before has come back. */
record GrpcBytes(Channel channel, CallOptions options, long bytes) implements Client {

    @Override
    public CompletableFuture<String> call() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        ClientCalls.asyncBidiStreamingCall(channel.newCall(Echo.BYTES, options), new Stream(bytes, answer));
        return answer;
    }

    /** Called by one thread at a time. */
    private static final class Stream implements ClientResponseObserver<byte[], byte[]> {
        private final long bytes;
        private final CompletableFuture<String> answer;
        private ClientCallStreamObserver<byte[]> requests;
        private long received;
        private String name = "";

        @SuppressWarnings("NullAway.Init") // beforeStart is the first that is called
        Stream(long bytes, CompletableFuture<String> answer) {
            this.bytes = bytes;
            this.answer = answer;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<byte[]> stream) {
            requests = stream;
            stream.setOnReadyHandler(() -> {
                if (received == 0 && name.isEmpty()) {
                    name = "?";
                    stream.onNext(Bytes.chunk(bytes));
                }
            });
        }

        @Override
        public void onNext(byte[] chunk) {
            if (received >= bytes) {
                name = new String(chunk, StandardCharsets.UTF_8); // the last one
                return;
            }
            received += chunk.length;
            if (received < bytes) {
                requests.onNext(Bytes.chunk(bytes - received));
            } else {
                requests.onCompleted();
            }
        }

        @Override
        public void onError(Throwable problem) {
            answer.completeExceptionally(problem);
        }

        @Override
        public void onCompleted() {
            try {
                answer.complete(Bytes.checked(bytes, received, name));
            } catch (IllegalStateException e) {
                answer.completeExceptionally(e);
            }
        }
    }
}
