package io.remora.samples.shop.catalog;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Adds the pod's name to every answer: to its headers, or to its trailers where nothing else comes. */
record PodHeader(String pod) implements ServerInterceptor {
    static final Metadata.Key<String> KEY = Metadata.Key.of("x-pod", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void sendHeaders(Metadata answer) {
                        answer.put(KEY, pod);
                        super.sendHeaders(answer);
                    }

                    @Override
                    public void close(Status status, Metadata trailers) {
                        trailers.put(KEY, pod);
                        super.close(status, trailers);
                    }
                },
                headers);
    }
}
