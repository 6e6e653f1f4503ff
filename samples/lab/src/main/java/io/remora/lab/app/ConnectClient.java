package io.remora.lab.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Connects again and again, never retries, and counts who answered, what failed, and how long it took from the connect to
 * the answer. One HTTP request per connection, or many with {@code --keep-alive true}.
 */
final class ConnectClient {
    private final InetSocketAddress target;
    private final String protocol;
    private final int timeoutMillis;
    private final long intervalNanos;
    private final boolean keepAlive;
    private final boolean each;
    private final int concurrency;
    private final long count;
    private final long deadline;
    private final AtomicLong attempts = new AtomicLong();
    private final Map<String, Integer> answers = new TreeMap<>();
    private final Map<String, Integer> errors = new TreeMap<>();
    private final Histogram latencies = new Histogram();
    private final Histogram failureLatencies = new Histogram();
    private final long begin = System.nanoTime();

    ConnectClient(Arguments arguments) {
        target = arguments.target();
        protocol = arguments.text("protocol", "http");
        timeoutMillis = arguments.number("timeout-ms", 10_000);
        intervalNanos = TimeUnit.MILLISECONDS.toNanos(arguments.number("interval-ms", 0));
        keepAlive = arguments.text("keep-alive", "false").equals("true");
        each = arguments.text("each", "false").equals("true");
        concurrency = arguments.number("concurrency", 1);
        count = arguments.has("duration-ms")
                ? arguments.longNumber("count", Long.MAX_VALUE)
                : arguments.longNumber("count", 1);
        deadline = begin + TimeUnit.MILLISECONDS.toNanos(arguments.longNumber("duration-ms", 3_600_000));
    }

    int run() throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < concurrency; i++) {
            workers.add(Threads.daemon("client-" + i, this::work));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        synchronized (answers) {
            Map<String, Object> result = new LinkedHashMap<>();
            int ok = answers.values().stream().mapToInt(Integer::intValue).sum();
            int failed = errors.values().stream().mapToInt(Integer::intValue).sum();
            result.put("ok", ok);
            result.put("failed", failed);
            result.put("answers", answers);
            result.put("errors", errors);
            result.put("millis", (System.nanoTime() - begin) / 1_000_000);
            result.put("latencyMicros", latencies.summary());
            result.put("failureLatencyMicros", failureLatencies.summary());
            System.out.println(Json.of(result));
            return failed == 0 ? 0 : 1;
        }
    }

    private void work() throws IOException {
        Socket kept = null;
        while (attempts.incrementAndGet() <= count && System.nanoTime() - deadline < 0) {
            kept = once(kept);
            if (intervalNanos > 0) {
                LockSupport.parkNanos(intervalNanos);
            }
        }
        if (kept != null) {
            kept.close();
        }
    }

    /** One connection, or one request on {@code kept}; returns the connection when it is to be used again. */
    private @Nullable Socket once(@Nullable Socket kept) throws IOException {
        long start = System.nanoTime();
        Socket socket = kept == null ? new Socket() : kept;
        boolean reuse = false;
        try {
            if (kept == null) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(timeoutMillis);
                socket.connect(target, timeoutMillis);
            }
            String answer = ask(socket);
            record(answer, null, start);
            reuse = keepAlive;
        } catch (IOException e) {
            record("", e.getClass().getSimpleName() + ": " + e.getMessage(), start);
        }
        if (reuse) {
            return socket;
        }
        socket.close();
        return null;
    }

    private String ask(Socket socket) throws IOException {
        if (protocol.equals("tcp")) {
            return "connected";
        }
        if (protocol.equals("http")) {
            String host = target.getAddress().getHostAddress();
            String request = "GET / HTTP/1.1\r\nHost: " + (host.contains(":") ? "[" + host + "]" : host) + "\r\n"
                    + (keepAlive ? "" : "Connection: close\r\n") + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        String first = need(in.readLine());
        if (!protocol.equals("http")) {
            return first;
        }
        int length = 0;
        for (String header = need(in.readLine()); !header.isEmpty(); header = need(in.readLine())) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
        }
        char[] body = new char[length];
        int got = 0;
        while (got < length) {
            int read = in.read(body, got, length - got);
            if (read < 0) {
                throw new IOException("the answer ended early");
            }
            got += read;
        }
        return first.contains(" 200 ") ? new String(body).strip() : first;
    }

    private static String need(@Nullable String line) throws IOException {
        if (line == null) {
            throw new IOException("closed without an answer");
        }
        return line;
    }

    private void record(String answer, @Nullable String error, long start) {
        long end = System.nanoTime();
        long micros = (end - start) / 1000;
        synchronized (answers) {
            if (error == null) {
                answers.merge(answer, 1, Integer::sum);
                latencies.add(micros);
            } else {
                errors.merge(error, 1, Integer::sum);
                failureLatencies.add(micros);
            }
        }
        if (each) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("atMillis", (end - begin) / 1_000_000);
            line.put(error == null ? "answer" : "error", error == null ? answer : error);
            line.put("micros", micros);
            System.out.println(Json.of(line));
        }
    }
}
