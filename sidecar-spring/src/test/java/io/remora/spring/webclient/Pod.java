package io.remora.spring.webclient;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.internal.TestCertificate;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** An HTTP server on an address of its own, that answers with its address unless it is told otherwise. */
final class Pod implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(10);

    final List<String> hosts = new CopyOnWriteArrayList<>();
    final List<String> serverNames = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();
    private final Map<String, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>>> paths;
    private final DisposableServer server;

    private Pod(
            String address,
            @Nullable TestCertificate certificate,
            Map<String, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>>> paths) {
        this.paths = paths;
        HttpServer http = HttpServer.create()
                .host(address)
                .port(0)
                .doOnChannelInit((observer, channel, remote) -> connections.incrementAndGet())
                .handle(this::handle);
        server = (certificate == null ? http : http.secure(spec -> spec.sslContext(context(certificate))))
                .bindNow(GRACE);
    }

    private static io.netty.handler.ssl.SslContext context(TestCertificate certificate) {
        try {
            return SslContextBuilder.forServer(certificate.server()).build();
        } catch (javax.net.ssl.SSLException e) {
            throw new AssertionError(e);
        }
    }

    static Pod at(String address) {
        return new Pod(address, null, Map.of());
    }

    static Pod at(
            String address, String path, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
        return at(address, Map.of(path, handler));
    }

    static Pod at(
            String address, Map<String, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>>> paths) {
        return new Pod(address, null, paths);
    }

    static Pod secure(String address, TestCertificate certificate) {
        return new Pod(address, certificate, Map.of());
    }

    /** An endpoint where nobody listens. */
    static Endpoint refusing(String address) throws Exception {
        try (ServerSocket closed = new ServerSocket(0)) {
            return Endpoint.ready(IpAddress.parse(address), closed.getLocalPort());
        }
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        hosts.add(Objects.requireNonNull(request.requestHeaders().get(HttpHeaderNames.HOST)));
        request.withConnection(connection -> {
            SslHandler tls = connection.channel().pipeline().get(SslHandler.class);
            if (tls != null && tls.engine().getSession() instanceof ExtendedSSLSession session) {
                session.getRequestedServerNames().forEach(name -> serverNames.add(((SNIHostName) name).getAsciiName()));
            }
        });
        var handler = paths.get(request.fullPath());
        return handler == null
                ? response.sendString(
                        request.receive().then(Mono.just(server.address().toString())))
                : handler.apply(request, response);
    }

    Endpoint endpoint() {
        return Endpoint.ready(IpAddress.parse(server.host()), server.port());
    }

    int port() {
        return server.port();
    }

    /** What it answers. */
    String name() {
        return server.address().toString();
    }

    /** Lets what is under way end. */
    @Override
    public void close() {
        server.disposeNow(GRACE);
    }
}
