package io.remora.spring.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server on loopback that stands for a pod. */
final class Pod implements AutoCloseable {

    /** What a pod saw of a request. */
    record Seen(String path, String host, List<String> sni, long bodyLength) {}

    static final int CHUNK = 64 * 1024;

    final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    final AtomicLong received = new AtomicLong();
    final AtomicLong written = new AtomicLong();
    final CountDownLatch gate = new CountDownLatch(1);
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Pod(HttpServer server) {
        this.server = server;
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    static Pod plain(String ip) throws IOException {
        return new Pod(HttpServer.create(new InetSocketAddress(ip, 0), 0));
    }

    static Pod secure(String ip, SSLContext context) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(ip, 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return new Pod(server);
    }

    Endpoint endpoint() {
        return Endpoint.ready(
                IpAddress.parse(server.getAddress().getAddress().getHostAddress()),
                server.getAddress().getPort());
    }

    String hostPort() {
        return endpoint().hostPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        long length = 0;
        try (InputStream body = exchange.getRequestBody()) {
            byte[] bytes = new byte[CHUNK];
            for (int count = body.read(bytes); count >= 0; count = body.read(bytes)) {
                length += count;
                received.addAndGet(count);
            }
        }
        seen.add(new Seen(path, exchange.getRequestHeaders().getFirst("Host"), sni(exchange), length));
        switch (path) {
            case "/moved" -> {
                exchange.getResponseHeaders().set("Location", "/arrived");
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            }
            case "/see" -> { // POST becomes GET
                exchange.getResponseHeaders()
                        .set("Location", exchange.getRequestURI().getQuery());
                exchange.sendResponseHeaders(303, -1);
                exchange.close();
            }
            case "/empty" -> {
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            }
            case "/sick" -> answer(exchange, 500, "sick");
            case "/half" -> { // promises more than it sends
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write(new byte[10]);
                exchange.getResponseBody().flush();
                exchange.close();
            }
            case "/gated" -> {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write('a');
                exchange.getResponseBody().flush();
                await();
                exchange.close();
            }
            case "/large" ->
                large(exchange, Long.parseLong(exchange.getRequestURI().getQuery()));
            default -> answer(exchange, 200, "hello from " + hostPort());
        }
    }

    private void await() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void large(HttpExchange exchange, long length) throws IOException {
        exchange.sendResponseHeaders(200, length);
        byte[] bytes = new byte[CHUNK];
        try (OutputStream out = exchange.getResponseBody()) {
            for (long sent = 0; sent < length; sent += CHUNK) {
                out.write(bytes);
                written.addAndGet(CHUNK);
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static List<String> sni(HttpExchange exchange) {
        @Nullable
        ExtendedSSLSession session = exchange instanceof HttpsExchange secure
                        && secure.getSSLSession() instanceof ExtendedSSLSession extended
                ? extended
                : null;
        return session == null
                ? List.of()
                : session.getRequestedServerNames().stream()
                        .map(name -> ((SNIHostName) name).getAsciiName())
                        .toList();
    }

    /** Takes no new request, and ends when those under way have ended. */
    void drain() {
        server.stop(1); // which it always waits
        threads.shutdown();
    }

    @Override
    public void close() {
        gate.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
