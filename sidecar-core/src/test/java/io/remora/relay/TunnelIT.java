package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.remora.discovery.IpFamily;
import io.remora.internal.Ticker;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** When the answer of an endpoint is told, by a clock that a test sets, and what reading it costs. */
class TunnelIT extends RelayTestCase {

    private static final long CONNECTED = 1_000;

    private final AtomicLong now = new AtomicLong(CONNECTED);
    private final AtomicInteger readings = new AtomicInteger();
    private final Ticker ticker = () -> {
        readings.incrementAndGet();
        return now.get();
    };
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Listener listener = new Listener();
    private Socket client = new Socket();
    private Socket server = new Socket();

    @AfterEach
    void endLoop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(PATIENCE.toMillis());
    }

    @Test
    void whereTheClientSpeaksFirstItIsTheTimeFromItsFirstByteToTheServersFirst() throws Exception {
        open();
        now.set(5_000);
        sendFromClient();
        now.set(6_000);
        sendFromClient(); // not the first
        now.set(9_000);
        sendFromServer();
        now.set(20_000);
        sendFromServer();
        assertThat(listener.answers).containsExactly("4000 at 9000");
    }

    @Test
    void whereTheServerSpeaksFirstItIsTheTimeFromTheConnect() throws Exception {
        open();
        now.set(3_500);
        sendFromServer();
        now.set(8_000);
        sendFromClient();
        sendFromServer();
        assertThat(listener.answers).containsExactly("2500 at 3500");
    }

    @Test
    void clientThatEndsItsStreamWithoutAByteIsAnsweredFromTheConnect() throws Exception {
        open();
        now.set(2_000);
        client.shutdownOutput();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        now.set(2_200);
        sendFromServer();
        assertThat(listener.answers).containsExactly("1200 at 2200");
    }

    @Test
    void nothingIsToldOfAServerThatSendsNothing() throws Exception {
        open();
        sendFromClient();
        client.close();
        server.close();
        await().atMost(PATIENCE).until(() -> listener.ends.get() == 1);
        assertThat(listener.answers).isEmpty();
    }

    @Test
    void clockIsReadTwiceHoweverMuchIsMoved() throws Exception {
        open();
        for (int i = 0; i < 100; i++) {
            sendFromClient();
            sendFromServer();
        }
        assertThat(readings).hasValue(2);
    }

    private void sendFromClient() throws IOException {
        client.getOutputStream().write(1);
        assertThat(server.getInputStream().read()).isEqualTo(1);
    }

    private void sendFromServer() throws IOException {
        server.getOutputStream().write(2);
        assertThat(client.getInputStream().read()).isEqualTo(2);
    }

    /** Connects a client and a server through a tunnel. */
    private void open() throws Exception {
        IoEventLoop loop = group.next();
        RelayContext context = RelayContext.of(
                config,
                services.registry,
                services.balancers,
                recorder,
                new RefusalBuckets(RefusalConfig.OFF),
                (socket, family) -> original,
                ticker,
                () -> new SplittableRandom(7),
                LoggerFactory.getLogger(TunnelIT.class));
        RelayWorker worker = new RelayWorker(context, loop, PooledByteBufAllocator.DEFAULT);
        ServerSocket clients = listen();
        ServerSocket servers = listen();
        EdgeSocket downstream = connect(clients);
        EdgeSocket upstream = connect(servers);
        client = accept(clients);
        server = accept(servers);
        loop.submit(() -> {
                    downstream.register(loop);
                    upstream.register(loop);
                    listener.sockets = new EdgeSocket[] {downstream, upstream};
                    readings.set(0);
                    new Tunnel(worker, downstream, upstream, RelayListener.Traffic.NONE, listener, CONNECTED).start();
                    return null;
                })
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static EdgeSocket connect(ServerSocket to) throws IOException {
        TcpSocket tcp = TcpSocket.open(IpFamily.IPV4);
        tcp.connect(address(to));
        return new EdgeSocket(tcp, new EdgeSocket.Owner() {
            @Override
            public void ready(EdgeSocket socket, int events) {}

            @Override
            public void broken(Throwable problem) {}
        });
    }

    private static final class Listener implements Tunnel.Listener {
        private final Collection<String> answers = new ConcurrentLinkedQueue<>();
        private final AtomicInteger ends = new AtomicInteger();
        private volatile EdgeSocket[] sockets = {};

        @Override
        public void answered(long latencyNanos, long nowNanos) {
            answers.add(latencyNanos + " at " + nowNanos);
        }

        @Override
        public void ended(CloseReason reason) {
            for (EdgeSocket socket : sockets) {
                socket.close(false);
            }
            ends.incrementAndGet();
        }
    }
}
