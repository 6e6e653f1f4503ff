package io.remora.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A small API server on loopback that lists and watches what the test puts into it, and misbehaves when told to. It can
 * be stopped and started again on its port.
 */
final class ScriptedApiServer implements AutoCloseable {

    private static final String END = "end";
    private static final String RESET = "reset";

    /** An open watch. */
    private record Watcher(String resource, BlockingQueue<String> lines) {}

    /** What happened, for a watch that begins at an older version. */
    private record Event(String resource, long version, String line) {}

    private final List<Event> history = new ArrayList<>(); // guarded by this
    private final Function<InetSocketAddress, HttpServer> servers;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Map<String, String>> objects = new ConcurrentHashMap<>(); // guarded by this
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final List<Integer> refusals = new ArrayList<>(); // guarded by this
    private final List<Integer> watchRefusals = new ArrayList<>(); // guarded by this
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private @Nullable HttpServer server;
    private int port;
    private long version = 1000; // guarded by this
    private volatile @Nullable String token;

    /** A server that is not started yet. */
    ScriptedApiServer(Function<InetSocketAddress, HttpServer> servers) {
        this.servers = servers;
        objects.put(FakeApi.SERVICES, new TreeMap<>());
        objects.put(FakeApi.SLICES, new TreeMap<>());
    }

    /** A started server that speaks plain HTTP. */
    static ScriptedApiServer started() {
        ScriptedApiServer server = new ScriptedApiServer(ScriptedApiServer::plain);
        server.start();
        return server;
    }

    static HttpServer plain(InetSocketAddress address) {
        try {
            return HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Listens, on the port of before if there is one. */
    void start() {
        HttpServer made = servers.apply(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        made.setExecutor(threads);
        made.createContext("/", this::handle);
        made.start();
        port = made.getAddress().getPort();
        server = made;
    }

    /** Stops listening and breaks all connections. */
    void stop() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
        sendAll(RESET);
        watchers.clear();
    }

    /** Forgets all objects and begins with a low resource version. */
    synchronized void forget() {
        objects.values().forEach(Map::clear);
        history.clear();
        version = 1;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    /** Stores an object and tells the watchers; the version is put in place of VERSION in the text. */
    synchronized void put(String resource, String name, String json) {
        version++;
        String stored = json.replace("VERSION", Long.toString(version));
        String before =
                objects.computeIfAbsent(resource, made -> new TreeMap<>()).put(name, stored);
        happened(resource, ApiObjects.event(before == null ? "ADDED" : "MODIFIED", stored));
    }

    synchronized void delete(String resource, String name) {
        version++;
        String before =
                objects.computeIfAbsent(resource, made -> new TreeMap<>()).remove(name);
        if (before != null) {
            happened(resource, ApiObjects.event("DELETED", before));
        }
    }

    private synchronized void happened(String resource, String line) {
        history.add(new Event(resource, version, line));
        send(resource, line);
    }

    /** Answers the next requests with these codes. */
    synchronized void refuse(Integer... codes) {
        refusals.addAll(List.of(codes));
    }

    /** Answers the next watches with these codes. */
    synchronized void refuseWatches(Integer... codes) {
        watchRefusals.addAll(List.of(codes));
    }

    /** Demands this bearer token from now on. */
    void demandToken(String value) {
        token = value;
    }

    void send(String resource, String line) {
        watchers.stream()
                .filter(w -> w.resource().equals(resource))
                .forEach(w -> w.lines().add(line));
    }

    synchronized void bookmark() {
        watchers.forEach(w -> w.lines().add(ApiObjects.bookmark(version)));
    }

    /** Ends all watches as a server does that shuts down. */
    void endWatches() {
        sendAll(END);
    }

    private void sendAll(String line) {
        watchers.forEach(w -> w.lines().add(line));
    }

    int watchCount() {
        return watchers.size();
    }

    List<String> requests() {
        return List.copyOf(requests);
    }

    private void handle(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        requests.add(uri.toString());
        Map<String, String> found = objects.get(uri.getPath());
        String query = uri.getQuery() == null ? "" : uri.getQuery();
        boolean watch = query.contains("watch=true");
        String wanted = token;
        Integer refusal;
        synchronized (this) {
            refusal = !refusals.isEmpty()
                    ? refusals.remove(0)
                    : watch && !watchRefusals.isEmpty() ? watchRefusals.remove(0) : null;
        }
        if (refusal == null && found == null) {
            refusal = 404;
        }
        if (wanted != null
                && !("Bearer " + wanted).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            refusal = 401;
        }
        try (exchange) {
            if (refusal != null) {
                answer(exchange, refusal, "{\"kind\":\"Status\",\"code\":" + refusal + ",\"message\":\"scripted\"}");
            } else if (watch) {
                watch(exchange, uri.getPath(), Long.parseLong(query.replaceFirst(".*resourceVersion=(\\d+).*", "$1")));
            } else {
                answer(exchange, 200, list(uri.getPath(), query.contains("limit=1")));
            }
        }
    }

    private synchronized String list(String resource, boolean one) {
        Map<String, String> all = objects.getOrDefault(resource, Map.of());
        return ApiObjects.list(
                version, all.values().stream().limit(one ? 1 : 1000).toArray(String[]::new));
    }

    private static void answer(HttpExchange exchange, int code, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void watch(HttpExchange exchange, String resource, long from) throws IOException {
        Watcher watcher = new Watcher(resource, new LinkedBlockingQueue<>());
        synchronized (this) {
            history.stream()
                    .filter(event -> event.resource().equals(resource) && event.version() > from)
                    .forEach(event -> watcher.lines().add(event.line()));
            watchers.add(watcher);
        }
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = exchange.getResponseBody();
        body.flush();
        try {
            for (String line = watcher.lines().take();
                    !line.equals(RESET);
                    line = watcher.lines().take()) {
                if (line.equals(END)) {
                    body.close();
                    return;
                }
                body.write(line.getBytes(StandardCharsets.UTF_8));
                body.flush();
            }
            throw new IOException("scripted reset");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            watchers.remove(watcher);
        }
    }

    @Override
    public void close() {
        stop();
        threads.shutdownNow();
    }
}
