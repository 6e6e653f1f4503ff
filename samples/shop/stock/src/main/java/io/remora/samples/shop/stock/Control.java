package io.remora.samples.shop.stock;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A second port: {@code GET /health} is 200 whatever the stock server does, {@code GET /behaviour} tells how it behaves, and
 * {@code POST /behaviour/errors} (or {@code reset}, {@code hang}, {@code slow}, {@code healthy}) changes it.
 */
final class Control implements AutoCloseable {
    private static final String POST = "/behaviour/";

    private final HttpServer http;
    private final StockServer stock;

    Control(int port, StockServer stock) throws IOException {
        this.stock = stock;
        http = HttpServer.create(new InetSocketAddress(port), 0);
        http.createContext("/health", exchange -> send(exchange, 200, "ok"));
        http.createContext("/behaviour", this::behaviour);
        http.start();
    }

    int port() {
        return http.getAddress().getPort();
    }

    private void behaviour(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (exchange.getRequestMethod().equals("GET") && path.equals("/behaviour")) {
            send(exchange, 200, stock.behaviour().label());
            return;
        }
        Optional<Behaviour> asked =
                path.startsWith(POST) ? Behaviour.of(path.substring(POST.length())) : Optional.empty();
        if (asked.isEmpty()) {
            send(exchange, 404, "no such behaviour; there are healthy, errors, reset, hang, slow");
        } else if (!exchange.getRequestMethod().equals("POST")) {
            send(exchange, 405, "POST changes it");
        } else {
            change(exchange, asked.get());
        }
    }

    private void change(HttpExchange exchange, Behaviour behaviour) throws IOException {
        try {
            stock.behave(behaviour);
        } catch (IOException e) {
            System.out.println("cannot behave so: " + behaviour.label() + ": " + e);
            send(exchange, 500, e.toString());
            return;
        }
        System.out.println("behaves: " + behaviour.label());
        send(exchange, 200, behaviour.label());
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
