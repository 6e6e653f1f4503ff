package io.remora.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An API server that knows one Service and never changes: lists answer at once, watches stay open. */
final class FakeApiServer implements AutoCloseable {

    private static final String SERVICES = """
            {"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"10"},"items":[
            {"metadata":{"name":"stock","namespace":"shop","uid":"u1","resourceVersion":"5"},
             "spec":{"type":"ClusterIP","clusterIP":"10.96.0.20","clusterIPs":["10.96.0.20"],
                     "ports":[{"name":"http","port":80,"protocol":"TCP"}]}}]}
            """;

    private static final String SLICES = """
            {"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"10"},"items":[
            {"metadata":{"name":"stock-a","namespace":"shop","uid":"s1","resourceVersion":"5",
                         "labels":{"kubernetes.io/service-name":"stock"}},
             "addressType":"IPv4","ports":[{"name":"http","port":8080,"protocol":"TCP"}],
             "endpoints":[
              {"addresses":["10.244.1.3"],"conditions":{"ready":true},"zone":"zone-a","nodeName":"node-1",
               "targetRef":{"kind":"Pod","namespace":"shop","name":"stock-0","uid":"p0"}},
              {"addresses":["10.244.1.4"],"conditions":{"ready":false,"serving":false}}]}]}
            """;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);

    FakeApiServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/api/v1/services", exchange -> answer(exchange, SERVICES));
        server.createContext("/apis/discovery.k8s.io/v1/endpointslices", exchange -> answer(exchange, SLICES));
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange, String list) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (exchange.getRequestURI().getQuery() != null
                && exchange.getRequestURI().getQuery().contains("watch=")) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().flush();
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
            return;
        }
        byte[] body = list.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
