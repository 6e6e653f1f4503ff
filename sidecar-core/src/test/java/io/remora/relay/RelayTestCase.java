package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.balancer.Outcome;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import io.remora.registry.DestinationId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A relay on loopback whose clients "were going" wherever a test says, and what a test needs around it. */
abstract class RelayTestCase {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    TestServices services = new TestServices();
    final Recorder recorder = new Recorder();
    final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final RelayConfig.Listen loopback =
            new RelayConfig.Listen(List.of(IpAddress.parse("127.0.0.1"), IpAddress.parse("::1")), 0, 4096);
    final RelayConfig config = RelayConfig.DEFAULT.withListen(loopback).withThreads(2);
    volatile TransportAddress original = TestServices.CLUSTER_IP;
    volatile OriginalAddress reader = (socket, family) -> original;

    RelayServer start() throws IOException {
        return start(config);
    }

    RelayServer start(RelayConfig other) throws IOException {
        RelayServer relay = closing(relay(other));
        relay.start();
        return relay;
    }

    RelayServer start(CaptureSockets sockets) {
        RelayServer relay = closing(relay(config));
        relay.start(sockets);
        return relay;
    }

    private RelayServer relay(RelayConfig other) {
        return new RelayServer(
                other,
                services.registry,
                services.balancers,
                recorder,
                new RefusalBuckets(RefusalConfig.OFF),
                (socket, family) -> reader.read(socket, family),
                Ticker.SYSTEM,
                () -> new SplittableRandom(7));
    }

    <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }

    Socket dial(RelayServer relay) throws IOException {
        Socket socket = closing(new Socket());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(relay.addresses().get(0));
        return socket;
    }

    ServerSocket listen() throws IOException {
        return listen("127.0.0.1", 50);
    }

    ServerSocket listen(String address, int backlog) throws IOException {
        ServerSocket server = closing(new ServerSocket(0, backlog, InetAddress.getByName(address)));
        server.setSoTimeout((int) PATIENCE.toMillis());
        return server;
    }

    Socket accept(ServerSocket server) throws IOException {
        Socket socket = closing(server.accept());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    /** Sends back whatever comes, on any number of connections. */
    InetSocketAddress echo(String address) throws IOException {
        ServerSocket server = closing(new ServerSocket(0, 4096, InetAddress.getByName(address)));
        threads.execute(() -> {
            try {
                while (true) {
                    Socket socket = closing(server.accept());
                    threads.execute(() -> {
                        try (socket) {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException e) {
                            // the test ended the connection
                        }
                    });
                }
            } catch (IOException e) {
                // the test is over
            }
        });
        return address(server);
    }

    /** An address that refuses. */
    static InetSocketAddress dead(String address) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return address(server);
        }
    }

    /** Connects until the listener's queue takes no more, so that the next handshake hangs. */
    List<Socket> fill(ServerSocket server) throws IOException {
        List<Socket> filling = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Socket socket = closing(new Socket());
            try {
                socket.connect(address(server), 100);
                filling.add(socket);
            } catch (SocketTimeoutException e) {
                socket.close();
                return filling;
            }
        }
        throw new IllegalStateException("the queue of a listener with backlog 1 never fills");
    }

    static InetSocketAddress address(ServerSocket server) {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** What must hold when all connections of a test are over. */
    void assertNothingLeft(RelayServer relay) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(relay.active()).isZero();
            assertThat(services.inFlight()).isZero();
            assertThat(recorder.closed).hasSize(recorder.accepted.get());
        });
        assertThat(relay.connections()).isEmpty();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        threads.shutdownNow();
    }

    /** Remembers what it hears. */
    static final class Recorder implements RelayListener {
        final AtomicInteger accepted = new AtomicInteger();
        final AtomicInteger held = new AtomicInteger();
        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger retries = new AtomicInteger();
        final AtomicInteger paused = new AtomicInteger();
        final AtomicInteger resumed = new AtomicInteger();
        final Collection<CloseReason> closed = new ConcurrentLinkedQueue<>();
        final AtomicLong moved = new AtomicLong();
        volatile Runnable afterEachCall = () -> {};

        /** How connections ended, once none is left. */
        Collection<CloseReason> closedWhenIdle(RelayServer relay) {
            await().atMost(PATIENCE).until(() -> relay.active() == 0);
            return closed;
        }

        @Override
        public void accepted() {
            accepted.incrementAndGet();
            afterEachCall.run();
        }

        @Override
        public void held() {
            held.incrementAndGet();
            afterEachCall.run();
        }

        @Override
        public Traffic opened(@Nullable DestinationId destination) {
            opened.incrementAndGet();
            return new Traffic() {
                @Override
                public void sent(long bytes) {
                    moved.addAndGet(bytes);
                    afterEachCall.run();
                }

                @Override
                public void received(long bytes) {
                    moved.addAndGet(bytes);
                    afterEachCall.run();
                }
            };
        }

        @Override
        public void retried(@Nullable DestinationId destination) {
            retries.incrementAndGet();
            afterEachCall.run();
        }

        @Override
        public void connectAttempt(@Nullable DestinationId destination, Outcome outcome, long nanos) {
            afterEachCall.run();
        }

        @Override
        public void acceptPaused() {
            paused.incrementAndGet();
            afterEachCall.run();
        }

        @Override
        public void acceptResumed() {
            resumed.incrementAndGet();
            afterEachCall.run();
        }

        @Override
        public void closed(
                @Nullable DestinationId destination, CloseReason reason, long sent, long received, long nanos) {
            closed.add(reason);
            afterEachCall.run();
        }
    }
}
