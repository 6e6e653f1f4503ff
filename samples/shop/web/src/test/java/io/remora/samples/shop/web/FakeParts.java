package io.remora.samples.shop.web;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.remora.samples.shop.api.CatalogGrpc;
import io.remora.samples.shop.api.GetProductRequest;
import io.remora.samples.shop.api.ListProductsRequest;
import io.remora.samples.shop.api.ListProductsResponse;
import io.remora.samples.shop.api.Product;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Servers of this machine in place of the parts, and of the agent. */
final class FakeParts implements AutoCloseable {
    /** What is answered to a path, by the name of the server and that path; a status below zero closes the connection. */
    record Answer(int status, String body) {}

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> posts = new ArrayList<>();
    private final List<HttpServer> servers = new ArrayList<>();
    private final Server catalog;
    private volatile Status catalogStatus = Status.OK;

    FakeParts() throws IOException {
        catalog = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new FakeCatalog())
                .intercept(new PodHeader())
                .build()
                .start();
    }

    int catalogPort() {
        return catalog.getPort();
    }

    void catalog(Status status) {
        catalogStatus = status;
    }

    /** Starts a server whose answers carry this name as the pod's, and returns its port. */
    int http(String name) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                if (exchange.getRequestMethod().equals("POST")) {
                    synchronized (posts) {
                        posts.add(name + exchange.getRequestURI());
                    }
                }
                Answer answer = answers.getOrDefault(name + exchange.getRequestURI(), new Answer(404, "{}"));
                if (answer.status() < 0) {
                    return;
                }
                byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.getResponseHeaders().set("X-Pod", name);
                exchange.sendResponseHeaders(answer.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }

    void answer(String nameAndPath, int status, String body) {
        answers.put(nameAndPath, new Answer(status, body));
    }

    List<String> posts() {
        synchronized (posts) {
            return List.copyOf(posts);
        }
    }

    @Override
    public void close() {
        catalog.shutdownNow();
        servers.forEach(server -> server.stop(0));
    }

    private final class FakeCatalog extends CatalogGrpc.CatalogImplBase {
        private static final Product MUG = Product.newBuilder()
                .setId("mug")
                .setName("Mug")
                .setPriceCents(790)
                .build();

        @Override
        public void listProducts(ListProductsRequest request, StreamObserver<ListProductsResponse> answer) {
            if (catalogStatus.isOk()) {
                answer.onNext(ListProductsResponse.newBuilder().addProducts(MUG).build());
                answer.onCompleted();
            } else {
                answer.onError(catalogStatus.asRuntimeException());
            }
        }

        @Override
        public void getProduct(GetProductRequest request, StreamObserver<Product> answer) {
            if (catalogStatus.isOk() && request.getId().equals("mug")) {
                answer.onNext(MUG);
                answer.onCompleted();
            } else {
                answer.onError((catalogStatus.isOk() ? Status.NOT_FOUND : catalogStatus).asRuntimeException());
            }
        }
    }

    private static final class PodHeader implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            return next.startCall(
                    new io.grpc.ForwardingServerCall.SimpleForwardingServerCall<>(call) {
                        @Override
                        public void sendHeaders(Metadata answer) {
                            answer.put(Metadata.Key.of("x-pod", Metadata.ASCII_STRING_MARSHALLER), "catalog-1");
                            super.sendHeaders(answer);
                        }
                    },
                    headers);
        }
    }
}
