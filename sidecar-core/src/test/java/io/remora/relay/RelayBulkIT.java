package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.balancer.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Many bytes, and sides that do not read. */
class RelayBulkIT extends RelayTestCase {

    private static final long BYTES = 100L << 20;
    private static final int BLOCK = 100_003; // no multiple of any buffer

    @Test
    void hundredMegabytesEachWayArriveWholeThoughNobodyReadsAtFirst() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        Socket accepted = accept(server);
        AtomicLong written = new AtomicLong();
        Future<Long> up = threads.submit(() -> send(client, BYTES, 1, written));
        Future<Long> down = threads.submit(() -> send(accepted, BYTES, 2, written));
        awaitStandstill(written);
        assertThat(written.get()).isLessThan(BYTES);
        assertThat(relay.directMemory()).isLessThan(4 << 20);
        Future<Long> upReceived = threads.submit(() -> checksum(accepted.getInputStream()));
        Future<Long> downReceived = threads.submit(() -> checksum(client.getInputStream()));
        assertThat(upReceived.get(120, TimeUnit.SECONDS)).isEqualTo(up.get(1, TimeUnit.SECONDS));
        assertThat(downReceived.get(120, TimeUnit.SECONDS)).isEqualTo(down.get(1, TimeUnit.SECONDS));
        client.close();
        accepted.close();
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.COMPLETED);
    }

    @Test
    void streamThatEndedWaitsInTheKernelUntilItsReaderTakesIt() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        List<Socket> clients = new ArrayList<>();
        List<Future<Long>> sums = new ArrayList<>();
        AtomicLong written = new AtomicLong();
        for (int i = 0; i < 8; i++) {
            int seed = i;
            Socket client = dial(relay);
            clients.add(client);
            Socket accepted = accept(server);
            sums.add(threads.submit(() -> send(accepted, 4 << 20, seed, written))); // ends with the end of the stream
        }
        awaitStandstill(written);
        assertThat(relay.directMemory()).isLessThan(4 << 20);
        for (int i = 0; i < clients.size(); i++) {
            Socket client = clients.get(i);
            client.shutdownOutput();
            long received = checksum(client.getInputStream());
            assertThat(received).isEqualTo(sums.get(i).get(20, TimeUnit.SECONDS));
        }
        clients.forEach(client -> close(client));
    }

    @Test
    void resetIsNotDelayedForEverByAReaderThatDoesNotRead() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start(with(Duration.ofMillis(300), config.memory()));
        dial(relay); // and never reads
        Socket accepted = accept(server);
        AtomicLong written = new AtomicLong();
        Future<Long> sending = threads.submit(() -> send(accepted, BYTES, 3, written));
        awaitStandstill(written);
        reset(accepted);
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.UPSTREAM_RESET);
        assertThat(sending).failsWithin(PATIENCE);
    }

    @Test
    void resetByAClientIsNotHeldAgainstAnEndpointThatDidNotReadYet() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start(with(Duration.ofMillis(300), config.memory()));
        Socket client = dial(relay);
        accept(server); // and never reads
        AtomicLong written = new AtomicLong();
        Future<Long> sending = threads.submit(() -> send(client, BYTES, 4, written));
        awaitStandstill(written);
        reset(client);
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.CLIENT_RESET);
        assertThat(services.outcomes).containsExactly(Outcome.CANCELLED);
        assertThat(sending).failsWithin(PATIENCE);
    }

    @Test
    void memoryIsBoundHoweverManyDoNotReadAndEveryByteArrivesNevertheless() throws Exception {
        int count = 256;
        long bytes = 200_000;
        reader = (socket, family) -> {
            socket.setSendBufferSize(4096); // so that the kernel takes little
            return original;
        };
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start(with(config.resetDelivery(), 1 << 20).withThreads(1));
        List<Socket> clients = new ArrayList<>();
        List<Future<Long>> sums = new ArrayList<>();
        AtomicLong written = new AtomicLong();
        for (int i = 0; i < count; i++) {
            int seed = i;
            Socket client = closing(new Socket());
            client.setReceiveBufferSize(4096);
            client.setSoTimeout((int) PATIENCE.toMillis());
            client.connect(relay.addresses().get(0));
            clients.add(client);
            Socket accepted = accept(server);
            accepted.setSendBufferSize(4096);
            sums.add(threads.submit(() -> send(accepted, bytes, seed, written)));
        }
        awaitStandstill(written);
        assertThat(relay.directMemory()).isBetween(1L << 20, 3L << 20);
        for (int i = 0; i < count; i++) {
            Socket client = clients.get(i);
            client.shutdownOutput();
            assertThat(checksum(client.getInputStream())).isEqualTo(sums.get(i).get(20, TimeUnit.SECONDS));
            client.close();
        }
        assertNothingLeft(relay);
    }

    private RelayConfig with(Duration resetDelivery, long memory) {
        return new RelayConfig(
                config.listen(),
                config.threads(),
                config.connect(),
                config.hold(),
                config.expiry(),
                config.keepAlive(),
                resetDelivery,
                memory,
                0);
    }

    private static void awaitStandstill(AtomicLong written) {
        AtomicLong last = new AtomicLong(-1);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(400))
                .until(() -> written.get() > 0 && last.getAndSet(written.get()) == written.get());
    }

    private static long send(Socket socket, long bytes, int seed, AtomicLong written) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] block = new byte[BLOCK];
        random.nextBytes(block);
        CRC32 sum = new CRC32();
        for (long left = bytes; left > 0; ) {
            block[(int) (left % BLOCK)]++; // no block is like another
            int length = (int) Math.min(left, block.length);
            socket.getOutputStream().write(block, 0, length);
            sum.update(block, 0, length);
            written.addAndGet(length);
            left -= length;
        }
        socket.shutdownOutput();
        return sum.getValue();
    }

    private static long checksum(InputStream in) throws IOException {
        CRC32 sum = new CRC32();
        byte[] buffer = new byte[1 << 16];
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            sum.update(buffer, 0, length);
        }
        return sum.getValue();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
