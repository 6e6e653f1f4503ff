package io.remora.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The webhook's HTTPS server: the JDK's own, since the TLS classes of Netty would add as much to the agent's jar as a few reviews a
 * second do not need. Thread-safe.
 */
final class WebhookServer implements AutoCloseable {

    /** An API server takes no object with more. */
    static final int MAX_BODY = 3 * 1024 * 1024;

    private static final Logger LOGGER = LoggerFactory.getLogger(WebhookServer.class);
    private static final int THREADS = 16;
    private static final int PARALLEL = 2;
    private static final int BACKLOG = 128;
    private static final String REQUEST_SECONDS = "10"; // the API server waits 10 s unless told otherwise

    private static final String IDLE_SECONDS = "300";

    private final HttpsServer server;
    private final Reviewer reviewer;
    private final KeyPairFiles keys;
    private final WebhookMetrics metrics;
    private final ThreadPoolExecutor threads;
    private final ScheduledExecutorService refresher;
    private final Semaphore turns = new Semaphore(PARALLEL, true); // large ones are not all in memory at once
    private volatile boolean ending;

    static {
        // Read by the server's classes when they load: whoever is slow does not keep a thread.
        setDefault("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        setDefault("sun.net.httpserver.maxRspTime", REQUEST_SECONDS);
        setDefault("sun.net.httpserver.nodelay", "true");
        // API servers give idle connections up after 90 s; a review must not meet one that ends on this side.
        setDefault("sun.net.httpserver.idleInterval", IDLE_SECONDS);
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Listens.
     *
     * @param refresh how often the files of the certificate are looked at
     * @throws IOException if the port cannot be had
     */
    @SuppressWarnings("FutureReturnValueIgnored") // it goes on until the end
    WebhookServer(int port, KeyPairFiles keys, Duration refresh, Reviewer reviewer) throws IOException {
        this.keys = keys;
        this.reviewer = reviewer;
        metrics = new WebhookMetrics(() -> keys.until().getEpochSecond());
        server = HttpsServer.create(new InetSocketAddress(port), BACKLOG);
        server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), named("remora-webhook"));
        threads.allowCoreThreadTimeOut(true);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        refresher = Executors.newSingleThreadScheduledExecutor(named("remora-certificate"));
        refresher.scheduleWithFixedDelay(keys::refresh, refresh.toMillis(), refresh.toMillis(), TimeUnit.MILLISECONDS);
        server.start();
    }

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private static SSLContext context(KeyPairFiles keys) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Goes on serving, but says that it is about to end. */
    void drain() {
        ending = true;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String method = exchange.getRequestMethod();
            switch (path) {
                case "/inject" -> {
                    if (method.equals("POST")) {
                        review(exchange);
                    } else {
                        send(exchange, 405, "POST an AdmissionReview here\n");
                    }
                }
                case "/ready" -> send(exchange, ending ? 503 : 200, ending ? "ending\n" : "ready\n");
                case "/metrics" -> send(exchange, 200, metrics.text());
                default -> send(exchange, 404, "there are /inject, /ready and /metrics\n");
            }
        }
    }

    private void review(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
        if (body.length > MAX_BODY) {
            metrics.malformed();
            send(exchange, 413, "a review has " + MAX_BODY + " bytes at the most\n");
            return;
        }
        turns.acquireUninterruptibly();
        Reviewer.Answer answer;
        try {
            answer = reviewer.review(body);
        } catch (ReviewException e) {
            metrics.malformed();
            LOGGER.atWarn()
                    .addKeyValue("from", exchange.getRemoteAddress())
                    .addKeyValue("why", e.getMessage())
                    .log("malformed review");
            send(exchange, 400, e.getMessage() + "\n");
            return;
        } catch (RuntimeException | StackOverflowError e) {
            metrics.failed();
            LOGGER.atError().setCause(e).log("review failed");
            send(exchange, 500, "the review failed; the webhook's log has the reason\n");
            return;
        } finally {
            turns.release();
        }
        metrics.reviewed(answer.verdict());
        send(exchange, 200, "application/json", answer.json().getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        send(exchange, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Stops listening once the reviews that have begun are answered, but waits a second at the most. */
    @Override
    public void close() {
        refresher.shutdownNow();
        threads.shutdown();
        try {
            threads.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
    }

    /** When the certificate in use expires, for the log. */
    String certificateUntil() {
        return keys.until().toString();
    }
}
