package io.remora.outlier;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.outlier.ProbeConfig.Kind;
import io.remora.outlier.Prober.Result;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SocketProberTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final SocketProber prober = new SocketProber();

    @AfterEach
    void close() {
        prober.close();
    }

    @Test
    void aListenerIsHealthy() throws Exception {
        try (ServerSocket server = listen()) {
            assertThat(probe(Kind.TCP, server, "/", LONG)).isEqualTo(Result.HEALTHY);
            server.setSoTimeout(10_000);
            try (Socket accepted = server.accept()) {
                assertThat(accepted.getInputStream().read()).isEqualTo(-1); // and the prober has closed
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TCP", "HTTP"})
    void aRefusalIsUnhealthy(Kind kind) throws Exception {
        ServerSocket server = listen();
        server.close();

        assertThat(probe(kind, server, "/", LONG)).isEqualTo(Result.UNHEALTHY);
    }

    @ParameterizedTest
    @CsvSource({
        "200 OK, HEALTHY",
        "204 No Content, HEALTHY",
        "302 Found, HEALTHY",
        "399 Odd, HEALTHY",
        "400 Bad Request, UNHEALTHY",
        "404 Not Found, UNHEALTHY",
        "500 Internal Server Error, UNHEALTHY",
        "503 Service Unavailable, UNHEALTHY"
    })
    @SuppressWarnings("try") // closed early, so that the thread ends
    void theStatusDecidesAndRedirectsAreNotFollowed(String status, Result expected) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ServerSocket server = listen()) {
            Thread answering = answer(
                    server,
                    "HTTP/1.1 " + status + "\r\nLocation: http://127.0.0.1:" + server.getLocalPort()
                            + "/elsewhere\r\nContent-Length: 0\r\n\r\n",
                    requests);
            assertThat(probe(Kind.HTTP, server, "/healthz?full", LONG)).isEqualTo(expected);
            server.close();
            answering.join(10_000);
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void aBodyWithoutAnEndDoesNotMatter() throws Exception {
        try (ServerSocket server = listen()) {
            answer(server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", new AtomicInteger());
            assertThat(probe(Kind.HTTP, server, "/", LONG)).isEqualTo(Result.HEALTHY);
        }
    }

    @Test
    void silenceIsUnhealthyAfterTheTimeout() throws Exception {
        try (ServerSocket server = listen()) {
            long began = System.nanoTime();
            assertThat(probe(Kind.HTTP, server, "/", Duration.ofMillis(100))).isEqualTo(Result.UNHEALTHY);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofMillis(95), LONG);
        }
    }

    @ParameterizedTest
    @CsvSource({"TCP", "HTTP"})
    void whatIsUnderWayAtTheEndOrComesAfterItSaysNothing(Kind kind) throws Exception {
        try (ServerSocket server = listen()) {
            CompletableFuture<Result> open = begin(Kind.HTTP, server, "/", LONG);
            prober.close();

            assertThat(open.get(10, TimeUnit.SECONDS)).isEqualTo(Result.UNKNOWN);
            assertThat(probe(kind, server, "/", LONG)).isEqualTo(Result.UNKNOWN);
        }
    }

    @Test
    void ourOwnTroubleSaysNothingOfTheEndpoint() {
        assertThat(ProbeFailure.result(new SocketException("Too many open files")))
                .isEqualTo(Result.UNKNOWN);
        assertThat(ProbeFailure.result(new BindException("Cannot assign requested address")))
                .isEqualTo(Result.UNKNOWN);
        assertThat(ProbeFailure.result(new CompletionException(new SocketException("Network is unreachable"))))
                .isEqualTo(Result.UNKNOWN);
        assertThat(ProbeFailure.result(new OutOfMemoryError())).isEqualTo(Result.UNKNOWN);
        assertThat(ProbeFailure.result(new ConnectException("Connection refused")))
                .isEqualTo(Result.UNHEALTHY);
        assertThat(ProbeFailure.result(new NoRouteToHostException("No route to host")))
                .isEqualTo(Result.UNHEALTHY);
    }

    @Test
    void threadsStartWithTheFirstProbeAndAreDaemons() throws Exception {
        assertThat(threads()).isZero();
        try (ServerSocket server = listen()) {
            probe(Kind.TCP, server, "/", LONG);
        }
        assertThat(threads()).isEqualTo(1);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().equals("remora-tcp-probes"))
                .allMatch(Thread::isDaemon);
    }

    @Test
    void aPathOrAnAddressOfNoUseSaysNothing() throws Exception {
        try (ServerSocket server = listen()) {
            assertThat(probe(Kind.HTTP, server, "/{x}", LONG)).isEqualTo(Result.UNKNOWN);
        }
        for (Kind kind : new Kind[] {Kind.TCP, Kind.HTTP}) {
            CompletableFuture<Result> result = new CompletableFuture<>();
            prober.probe(kind, InetSocketAddress.createUnresolved("web", 80), "/", LONG, result::complete);
            assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(Result.UNKNOWN);
        }
    }

    @Test
    void theProxyOfTheJvmIsNotUsed() throws Exception {
        ProxySelector before = ProxySelector.getDefault();
        List<URI> asked = new CopyOnWriteArrayList<>();
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                asked.add(uri);
                throw new IllegalStateException("no proxy");
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException problem) {}
        });
        try (ServerSocket server = listen()) {
            answer(server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", new AtomicInteger());
            assertThat(probe(Kind.HTTP, server, "/", LONG)).isEqualTo(Result.HEALTHY);
        } finally {
            ProxySelector.setDefault(before);
        }
        assertThat(asked).isEmpty();
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("remora-tcp-probes"))
                .count();
    }

    private Result probe(Kind kind, ServerSocket server, String path, Duration timeout) throws Exception {
        return begin(kind, server, path, timeout).get(30, TimeUnit.SECONDS);
    }

    private CompletableFuture<Result> begin(Kind kind, ServerSocket server, String path, Duration timeout) {
        CompletableFuture<Result> result = new CompletableFuture<>();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
        prober.probe(kind, address, path, timeout, answer -> {
            if (!result.complete(answer)) {
                throw new AssertionError("told twice");
            }
        });
        return result;
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    /** Answers each connection once, and keeps it until the client has closed it. */
    private static Thread answer(ServerSocket server, String response, AtomicInteger requests) {
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.setSoTimeout(5_000);
                    InputStream in = socket.getInputStream();
                    if (in.read(new byte[4096]) > 0) {
                        requests.incrementAndGet();
                        socket.getOutputStream().write(response.getBytes(US_ASCII));
                        in.transferTo(OutputStream.nullOutputStream());
                    }
                } catch (IOException e) {
                    // closed: by the test, or by the prober in the middle of a body
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
