package io.remora.spring.cloud;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server on loopback that stands for a pod, and answers with its address. */
final class Server implements AutoCloseable {

    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch gate = new CountDownLatch(1);
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    Server(String ip) throws IOException {
        server = HttpServer.create(new InetSocketAddress(ip, 0), 0);
        server.createContext("/", exchange -> answer(exchange, 200));
        server.createContext("/sick", exchange -> answer(exchange, 500));
        server.createContext("/gated", this::wait);
        server.setExecutor(threads);
        server.start();
    }

    Endpoint endpoint() {
        return Endpoint.ready(
                IpAddress.parse(server.getAddress().getAddress().getHostAddress()),
                server.getAddress().getPort());
    }

    String name() {
        return endpoint().hostPort();
    }

    private void answer(HttpExchange exchange, int status) throws IOException {
        byte[] bytes = name().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void wait(HttpExchange exchange) throws IOException {
        entered.countDown();
        try {
            boolean opened = gate.await(60, TimeUnit.SECONDS);
            answer(exchange, opened ? 200 : 504);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.close();
        }
    }

    @Override
    public void close() {
        gate.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
