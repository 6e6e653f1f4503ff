package io.remora.grpc;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A gRPC server at a loopback address of its own, which does what a test says. */
final class GrpcPod implements AutoCloseable {

    private static final AtomicInteger UIDS = new AtomicInteger();

    final String name;
    final AtomicInteger calls = new AtomicInteger();
    final Collection<StreamObserver<String>> waiting = new ConcurrentLinkedQueue<>(); // calls that are not answered
    final Collection<String> authorities = new ConcurrentLinkedQueue<>();
    private final String ip;
    private final String uid = "uid-" + UIDS.incrementAndGet();
    private final ServerCredentials credentials;
    private volatile @Nullable Status failure;
    private volatile boolean silent;
    private final int port;
    private Server server;

    GrpcPod(String name, int number) {
        this(name, number, InsecureServerCredentials.create());
    }

    /** Listens at 127.0.0.number. */
    GrpcPod(String name, int number, ServerCredentials credentials) {
        this.name = name;
        this.ip = "127.0.0." + number;
        this.credentials = credentials;
        this.server = listen(0);
        this.port = server.getPort();
    }

    private Server listen(int number) {
        ServerServiceDefinition service = ServerServiceDefinition.builder(Echo.SERVICE)
                .addMethod(Echo.CALL, ServerCalls.asyncUnaryCall(this::answer))
                .addMethod(Echo.WATCH, ServerCalls.asyncServerStreamingCall((request, observer) -> {
                    observer.onNext(name);
                    waiting.add(observer);
                }))
                .build();
        try {
            return NettyServerBuilder.forAddress(new InetSocketAddress(ip, number), credentials)
                    .addService(ServerInterceptors.intercept(service, new Authorities()))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(String request, StreamObserver<String> observer) {
        calls.incrementAndGet();
        Status status = failure;
        if (silent) {
            waiting.add(observer);
        } else if (status != null) {
            observer.onError(status.asRuntimeException());
        } else {
            observer.onNext(name);
            observer.onCompleted();
        }
    }

    /** Answers with a status from now on; null: as it should. */
    void fail(@Nullable Status status) {
        failure = status;
    }

    /** Answers nothing any more. */
    void silence(boolean value) {
        silent = value;
    }

    Endpoint endpoint() {
        return endpoint(null);
    }

    Endpoint endpoint(@Nullable String zone) {
        return new Endpoint(
                IpAddress.parse(ip),
                port(),
                EndpointConditions.READY,
                zone,
                null,
                Set.of(),
                Set.of(),
                new Endpoint.TargetRef("Pod", "shop", name, uid));
    }

    int port() {
        return port;
    }

    /** Dies at once; its port refuses. */
    void kill() {
        server.shutdownNow();
        await();
    }

    /** Ends as after SIGTERM: what is under way is finished. */
    void shutdown() {
        server.shutdown();
        await();
    }

    /** Comes back at the same address. */
    void restart() {
        kill();
        server = listen(port);
    }

    private void await() {
        try {
            if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }

    private final class Authorities implements ServerInterceptor {

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String authority = call.getAuthority();
            if (authorities.size() < 10 && authority != null) {
                authorities.add(authority);
            }
            return next.startCall(call, headers);
        }
    }
}
