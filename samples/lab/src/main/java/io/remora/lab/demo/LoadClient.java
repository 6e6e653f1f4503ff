package io.remora.lab.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The application in the client pod: an HTTP/1.1 client that opens a connection for each request and never retries. It keeps
 * to its rate however slow the answers are, and writes a {@link Sample} line for each request.
 *
 * <pre>LoadClient ADDRESS PORT PATH REQUESTS_PER_SECOND SECONDS</pre>
 */
final class LoadClient {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int MOST_IN_FLIGHT = 1_000;

    private final InetSocketAddress target;
    private final byte[] request;
    private final Semaphore inFlight = new Semaphore(MOST_IN_FLIGHT);

    private LoadClient(InetSocketAddress target, String path) {
        this.target = target;
        this.request = ("GET " + path + " HTTP/1.1\r\nHost: " + target.getHostString()
                        + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    public static void main(String[] arguments) {
        LoadClient client =
                new LoadClient(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), arguments[2]);
        client.run(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
    }

    private void run(int perSecond, int seconds) {
        ExecutorService workers = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "request");
            thread.setDaemon(true);
            return thread;
        });
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long begin = System.nanoTime();
        for (long i = 0; i < (long) perSecond * seconds; i++) {
            for (long wait = begin + i * interval - System.nanoTime(); wait > 0; ) {
                LockSupport.parkNanos(wait);
                wait = begin + i * interval - System.nanoTime();
            }
            if (inFlight.tryAcquire()) {
                workers.execute(this::once);
            } else {
                report(Sample.failed(now(), 0, "not sent: " + MOST_IN_FLIGHT + " requests are in flight"));
            }
        }
    }

    private void once() {
        long start = now();
        long begin = System.nanoTime();
        try {
            String pod = ask();
            report(Sample.answered(start, micros(begin), pod));
        } catch (IOException | RuntimeException e) {
            report(Sample.failed(start, micros(begin), e.getClass().getSimpleName() + ": " + e.getMessage()));
        } finally {
            inFlight.release();
        }
    }

    /** The body of the answer, which is the pod's name. */
    private String ask() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(target, TIMEOUT_MILLIS);
            socket.getOutputStream().write(request);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String status = in.readLine();
            if (status == null) {
                throw new IOException("closed without an answer");
            }
            if (!status.startsWith("HTTP/1.1 200 ")) {
                throw new IOException("status " + status);
            }
            for (String header = in.readLine(); header == null || !header.isEmpty(); header = in.readLine()) {
                if (header == null) {
                    throw new IOException("closed within the head of the answer");
                }
            }
            String body = in.readLine();
            if (body == null || body.isBlank()) {
                throw new IOException("closed before the body of the answer");
            }
            return body.strip();
        }
    }

    private static void report(Sample sample) {
        synchronized (LoadClient.class) {
            System.out.println(sample.line());
        }
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    private static long micros(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1000;
    }
}
