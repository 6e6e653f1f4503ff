package io.remora.samples.shop.stock;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code GET /stock/{id}}, over connections that are kept alive. Thread-safe. */
final class StockServer implements AutoCloseable {
    private static final Pattern PATH = Pattern.compile("/stock/([A-Za-z0-9-]{1,40})");
    /** So many requests are worked on at a time; the others wait, as those of a pod that hangs do. */
    private static final int THREADS = 64;

    private static final Duration LATE = Duration.ofSeconds(1);
    /** The longest that a request hangs: its client is gone long before. */
    private static final Duration HANG = Duration.ofSeconds(60);

    private final String pod;
    private final ExecutorService workers = Executors.newFixedThreadPool(THREADS);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int port;
    private Behaviour behaviour = Behaviour.HEALTHY;
    private @Nullable HttpServer http;
    private @Nullable ResettingServer resetting;
    private volatile boolean draining;

    /**
     * @param port 0 takes a free one
     * @param pod the name that each answer carries
     */
    StockServer(int port, String pod) throws IOException {
        this.port = port;
        this.pod = pod;
        this.http = serve();
        this.port = http.getAddress().getPort();
    }

    int port() {
        return port;
    }

    Behaviour behaviour() {
        lock.lock();
        try {
            return behaviour;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Behaves so from now on; requests that hang or are late go on as the new way has it.
     *
     * @throws IOException if the port cannot be opened anew
     */
    void behave(Behaviour now) throws IOException {
        lock.lock();
        try {
            if (now == behaviour) {
                return;
            }
            if (now == Behaviour.RESET) {
                stopHttp();
                resetting = new ResettingServer(port);
            } else if (resetting != null) {
                resetting.close();
                resetting = null;
                http = serve();
            }
            behaviour = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private HttpServer serve() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(workers);
        server.createContext("/stock/", this::answer);
        server.start();
        return server;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("X-Pod", pod);
            if (draining) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            Behaviour how = awaitTurn();
            Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
            if (how == Behaviour.ERRORS) {
                send(exchange, 503, "{\"error\":\"sick\"}");
            } else if (how == Behaviour.HANG) {
                return; // for so long that nobody waits for it
            } else if (!path.matches()) {
                send(exchange, 404, "{\"error\":\"no such path\"}");
            } else {
                send(
                        exchange,
                        200,
                        "{\"id\":\"" + path.group(1) + "\",\"available\":" + available(path.group(1)) + "}");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits as long as the pod hangs or is late, and tells how it is then. */
    private Behaviour awaitTurn() throws InterruptedException {
        lock.lock();
        try {
            long hang = HANG.toNanos();
            long late = LATE.toNanos();
            while (behaviour == Behaviour.HANG && hang > 0) {
                hang = changed.awaitNanos(hang);
            }
            while (behaviour == Behaviour.SLOW && late > 0) {
                late = changed.awaitNanos(late);
            }
            return behaviour;
        } finally {
            lock.unlock();
        }
    }

    /** The same for every pod. */
    static int available(String id) {
        return Math.floorMod(id.hashCode(), 40);
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Has clients leave their connections: from now on each answer is the last one of its connection. */
    void drain() {
        draining = true;
    }

    private void stopHttp() {
        if (http != null) {
            http.stop(0);
            http = null;
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            stopHttp();
            if (resetting != null) {
                resetting.close();
                resetting = null;
            }
        } finally {
            lock.unlock();
        }
        workers.shutdownNow();
        try {
            if (!workers.awaitTermination(1, TimeUnit.SECONDS)) {
                System.err.println("requests are still being worked on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
