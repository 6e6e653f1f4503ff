package io.remora.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.remora.balancer.Outcome;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.registry.Destination;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Connections through a relay on loopback, with real sockets. */
class RelayServerIT extends RelayTestCase {

    @Test
    void bytesGoBothWays() throws Exception {
        services.shop(echo("127.0.0.1"));
        RelayServer relay = start();
        try (Socket client = dial(relay)) {
            client.getOutputStream().write("hello".getBytes(UTF_8));
            assertThat(client.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.COMPLETED);
        assertThat(services.outcomes).containsExactly(Outcome.SUCCESS);
    }

    @Test
    void serverMaySpeakFirst() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        Socket accepted = accept(server);
        accepted.getOutputStream().write("220 ready\r\n".getBytes(UTF_8));
        assertThat(client.getInputStream().readNBytes(11)).isEqualTo("220 ready\r\n".getBytes(UTF_8));
        client.close();
        accepted.close();
        assertNothingLeft(relay);
    }

    @Test
    void clientMayEndItsStreamAndStillReadAnAnswer() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        Socket accepted = accept(server);
        client.getOutputStream().write("question".getBytes(UTF_8));
        client.shutdownOutput();
        assertThat(accepted.getInputStream().readAllBytes()).isEqualTo("question".getBytes(UTF_8));
        accepted.getOutputStream().write("answer".getBytes(UTF_8));
        accepted.close();
        assertThat(client.getInputStream().readAllBytes()).isEqualTo("answer".getBytes(UTF_8));
        client.close();
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.COMPLETED);
    }

    @Test
    void serverMayEndItsStreamAndStillRead() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        Socket accepted = accept(server);
        accepted.getOutputStream().write("bye".getBytes(UTF_8));
        accepted.shutdownOutput();
        assertThat(client.getInputStream().readAllBytes()).isEqualTo("bye".getBytes(UTF_8));
        client.getOutputStream().write("last words".getBytes(UTF_8));
        client.shutdownOutput();
        assertThat(accepted.getInputStream().readAllBytes()).isEqualTo("last words".getBytes(UTF_8));
        client.close();
        accepted.close();
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.COMPLETED);
    }

    @Test
    void clientBytesSentBeforeTheEndpointAcceptsArriveInOrder() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        try (Socket client = dial(relay)) {
            client.getOutputStream().write("early ".getBytes(UTF_8));
            client.getOutputStream().write("late".getBytes(UTF_8));
            client.shutdownOutput();
            try (Socket accepted = accept(server)) {
                assertThat(accepted.getInputStream().readAllBytes()).isEqualTo("early late".getBytes(UTF_8));
            }
        }
        assertNothingLeft(relay);
    }

    @Test
    void earlyAnswerFollowedByAResetArrivesWholeAndThenTheReset() throws Exception {
        byte[] answer = new byte[60_000]; // as much as a kernel sends at once
        new SplittableRandom(1).nextBytes(answer);
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        Socket client = closing(new Socket());
        client.setReceiveBufferSize(4096); // most of the answer waits in the relay
        client.connect(relay.addresses().get(0));
        Socket accepted = accept(server);
        accepted.getOutputStream().write(answer);
        reset(accepted);
        await().atMost(PATIENCE).until(() -> client.getInputStream().available() > 1000);
        assertThat(client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.UPSTREAM_RESET);
        assertThat(services.outcomes).containsExactly(Outcome.SUCCESS);
    }

    @Test
    void answerOfAServerThatResetsBeforeTheRelayLooksIsDelivered() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        for (int i = 0;
                i < 200;
                i++) { // often enough, the relay hears of the connect, the answer and the reset at once
            Socket client = dial(relay);
            Socket accepted = accept(server);
            accepted.getOutputStream().write(i);
            reset(accepted);
            assertThat(client.getInputStream().read()).isEqualTo(i);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsOnly(CloseReason.UPSTREAM_RESET);
        assertThat(services.outcomes).containsOnly(Outcome.SUCCESS);
    }

    @Test
    void earlyAnswerArrivesWholeWhenItsServerEndsTheStreamAndThenResets() throws Exception {
        byte[] answer = new byte[60_000];
        new SplittableRandom(2).nextBytes(answer);
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        Socket client = closing(new Socket());
        client.setReceiveBufferSize(4096);
        client.connect(relay.addresses().get(0));
        Socket accepted = accept(server);
        client.getOutputStream().write(new byte[100_000]); // never read, so a reset follows the end of the stream
        await().atMost(PATIENCE).until(() -> accepted.getInputStream().available() > 0);
        accepted.getOutputStream().write(answer);
        accepted.close();
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.UPSTREAM_RESET);
    }

    @Test
    void earlyAnswerArrivesWholeThoughTheClientKeepsSending() throws Exception {
        byte[] answer = "HTTP/1.1 413 Content Too Large\r\n\r\n".getBytes(UTF_8);
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        Socket accepted = accept(server);
        Future<?> sending = threads.submit(() -> {
            try {
                byte[] body = new byte[64 << 10];
                while (true) {
                    client.getOutputStream().write(body);
                }
            } catch (IOException e) {
                // reset, at last
            }
        });
        await().atMost(PATIENCE).until(() -> accepted.getInputStream().available() > 0);
        accepted.getOutputStream().write(answer);
        accepted.close();
        assertThat(client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
        sending.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        client.close();
        accepted.close();
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.UPSTREAM_RESET);
    }

    @Test
    void resetByTheClientReachesTheServerBehindItsBytes() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        try (Socket accepted = accept(server)) {
            client.getOutputStream().write("unfinished".getBytes(UTF_8));
            reset(client);
            assertThat(accepted.getInputStream().readNBytes(10)).isEqualTo("unfinished".getBytes(UTF_8));
            assertThatThrownBy(() -> accepted.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.CLIENT_RESET);
        assertThat(services.outcomes).containsExactly(Outcome.CANCELLED);
    }

    @Test
    void resetWithoutAnAnswerCountsAgainstTheEndpoint() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        client.getOutputStream().write(1);
        Socket accepted = accept(server);
        assertThat(accepted.getInputStream().read()).isEqualTo(1);
        reset(accepted);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertNothingLeft(relay);
        assertThat(services.outcomes).containsExactly(Outcome.RESET);
    }

    @Test
    void serviceWithoutEndpointsIsResetAtOnce() throws Exception {
        services.shop();
        RelayServer relay = start();
        Socket client = dial(relay);
        long start = System.nanoTime();
        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.NO_ENDPOINT);
    }

    @Test
    void deadEndpointCostsNoConnection() throws Exception {
        services.shop(dead("127.0.0.2"), echo("127.0.0.3"));
        RelayServer relay = start();
        for (int i = 0; i < 10; i++) {
            try (Socket client = dial(relay)) {
                client.getOutputStream().write(i);
                assertThat(client.getInputStream().read()).isEqualTo(i);
            }
        }
        assertNothingLeft(relay);
        assertThat(services.outcomes).contains(Outcome.REFUSED, Outcome.SUCCESS);
        assertThat(recorder.retries).hasPositiveValue();
    }

    @Test
    void onlyDeadEndpointsAreResetAtOnce() throws Exception {
        services.shop(dead("127.0.0.2"), dead("127.0.0.3"));
        RelayServer relay = start();
        Socket client = dial(relay);
        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.CONNECT_FAILED);
        assertThat(services.outcomes).containsExactly(Outcome.REFUSED, Outcome.REFUSED);
    }

    @Test
    void endpointWhoseHandshakeHangsIsOvertakenByTheNext() throws Exception {
        ServerSocket hanging = listen("127.0.0.2", 1);
        fill(hanging);
        services.shop(address(hanging), echo("127.0.0.3"));
        RelayServer relay = start();
        for (int i = 0; i < 4; i++) {
            long start = System.nanoTime();
            try (Socket client = dial(relay)) {
                client.getOutputStream().write(i);
                assertThat(client.getInputStream().read()).isEqualTo(i);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        }
        assertNothingLeft(relay);
        assertThat(services.outcomes).contains(Outcome.SLOW).doesNotContain(Outcome.TIMEOUT, Outcome.CANCELLED);
    }

    @Test
    void slowOnlyEndpointIsWaitedFor() throws Exception {
        ServerSocket slow = listen("127.0.0.2", 1);
        List<Socket> filling = fill(slow);
        services.shop(address(slow));
        RelayServer relay = start();
        try (Socket client = dial(relay)) {
            client.getOutputStream().write(42);
            await().atMost(PATIENCE).until(() -> recorder.retries.get() == 3); // the ladder has no more steps
            for (int i = 0; i < filling.size(); i++) {
                accept(slow).close();
            }
            Future<Integer> first = threads.submit(() -> {
                while (true) {
                    Socket accepted = accept(slow);
                    int read = accepted.getInputStream().read();
                    if (read >= 0) {
                        accepted.getOutputStream().write(read + 1);
                        accepted.close();
                        return read;
                    }
                }
            });
            assertThat(client.getInputStream().read()).isEqualTo(43);
            assertThat(first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(42);
        }
        assertNothingLeft(relay);
    }

    @Test
    void clientThatLeavesCancelsTheAttempts() throws Exception {
        ServerSocket hanging = listen("127.0.0.2", 1);
        fill(hanging);
        services.shop(address(hanging));
        RelayServer relay = start();
        Socket client = dial(relay);
        await().atMost(PATIENCE).until(() -> services.inFlight() > 0);
        reset(client);
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.CLIENT_LEFT);
        assertThat(services.outcomes).isNotEmpty().containsOnly(Outcome.CANCELLED);
    }

    @Test
    void unknownAddressIsPassedThrough() throws Exception {
        services.shop();
        original = TransportAddress.tcp(echo("127.0.0.4"));
        RelayServer relay = start();
        try (Socket client = dial(relay)) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
            assertThat(relay.connections())
                    .singleElement()
                    .satisfies(view -> assertThat(view.upstream()).isEqualTo(original));
        }
        assertNothingLeft(relay);
        assertThat(services.outcomes).isEmpty();
    }

    @Test
    void addressWhoseServiceWentThisVeryMomentIsPassedThrough() throws Exception {
        original = TransportAddress.tcp(echo("127.0.0.4"));
        services.source.update(TestServices.snapshot(original, dead("127.0.0.2")));
        Destination going = Objects.requireNonNull(services.registry.snapshot().find(original));
        services.balancers.destinationChanged(going, null); // as the registry does before it publishes
        RelayServer relay = start();
        try (Socket client = dial(relay)) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
        await().atMost(PATIENCE).until(() -> relay.active() == 0);
        assertThat(recorder.closed).containsExactly(CloseReason.COMPLETED);
        assertThat(services.outcomes).isEmpty();
    }

    @Test
    void listenerThatThrowsAtEveryCallChangesNothing() throws Exception {
        services.shop(dead("127.0.0.2"), echo("127.0.0.3"));
        recorder.afterEachCall = () -> {
            throw new IllegalStateException("a listener with a bug");
        };
        RelayServer relay = start();
        for (int i = 0; i < 4; i++) {
            try (Socket client = dial(relay)) {
                client.getOutputStream().write(i);
                assertThat(client.getInputStream().read()).isEqualTo(i);
            }
        }
        assertNothingLeft(relay);
        assertThat(recorder.retries).hasPositiveValue();
        assertThat(recorder.moved).hasValue(8);
        assertThat(recorder.closed).hasSize(4).containsOnly(CloseReason.COMPLETED);
    }

    @Test
    void unknownAddressThatRefusesIsReset() throws Exception {
        original = TransportAddress.tcp(dead("127.0.0.4"));
        RelayServer relay = start();
        Socket client = dial(relay);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertNothingLeft(relay);
    }

    @Test
    void connectionToTheRelayItselfIsRecognised() throws Exception {
        RelayServer relay = start();
        original = TransportAddress.tcp(relay.addresses().get(0));
        Socket client = dial(relay);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.NOT_REDIRECTED);
    }

    @Test
    void ownDialThatComesBackIsRecognisedAndNotHeldAgainstTheEndpoint() throws Exception {
        RelayServer relay = start();
        InetSocketAddress self = relay.addresses().get(0);
        services.shop(self); // as if the rules captured the relay's own dials
        AtomicInteger reads = new AtomicInteger();
        reader = (socket, family) -> reads.getAndIncrement() == 0 ? original : TransportAddress.tcp(self);
        Socket client = dial(relay);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertNothingLeft(relay);
        assertThat(recorder.closed).contains(CloseReason.LOOP);
        assertThat(recorder.accepted).hasValue(2);
        assertThat(services.outcomes).containsExactly(Outcome.LOCAL_ERROR);
    }

    @Test
    void thousandsOfConnectionsAtOnce() throws Exception {
        services.shop(echo("127.0.0.2"), echo("127.0.0.3"));
        RelayServer relay = start();
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            clients.add(dial(relay));
        }
        for (Socket client : clients) {
            client.getOutputStream().write("ping".getBytes(UTF_8));
        }
        for (Socket client : clients) {
            assertThat(client.getInputStream().readNBytes(4)).isEqualTo("ping".getBytes(UTF_8));
        }
        assertThat(relay.active()).isEqualTo(2000);
        assertThat(services.inFlight()).isEqualTo(2000);
        assertThat(relay.directMemory()).isLessThan(8 << 20);
        for (Socket client : clients) {
            client.close();
        }
        assertNothingLeft(relay);
    }

    @Test
    void drainWaitsForTheLastConnectionWhileNewOnesAreServed() throws Exception {
        services.shop(echo("127.0.0.1"));
        RelayServer relay = start();
        Socket first = dial(relay);
        first.getOutputStream().write(1);
        assertThat(first.getInputStream().read()).isEqualTo(1);
        CompletableFuture<Boolean> drained = relay.drain(PATIENCE).toCompletableFuture();
        Socket second = dial(relay);
        second.getOutputStream().write(2);
        assertThat(second.getInputStream().read()).isEqualTo(2);
        first.close();
        await().atMost(PATIENCE).until(() -> relay.active() == 1);
        assertThat(drained).isNotDone();
        second.close();
        assertThat(drained.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void drainEndsWhenItsTimeIsOver() throws Exception {
        services.shop(echo("127.0.0.1"));
        RelayServer relay = start();
        Socket client = dial(relay);
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
        assertThat(relay.drain(Duration.ofMillis(50)).toCompletableFuture().get(20, TimeUnit.SECONDS))
                .isFalse();
        relay.close();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(recorder.closed).containsExactly(CloseReason.SHUTDOWN);
        assertThat(services.inFlight()).isZero();
    }

    @Test
    void idleConnectionIsEndedWhereThatIsAsked() throws Exception {
        services.shop(echo("127.0.0.1"));
        RelayServer relay = start(config.withExpiry(new RelayConfig.Expiry(Duration.ofMillis(200), Duration.ZERO)));
        Socket client = dial(relay);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.IDLE_TIMEOUT);
    }

    @Test
    void acceptedConnectionsSendAtOnceAndAreKeptAlive() throws Exception {
        services.shop(echo("127.0.0.1"));
        CompletableFuture<List<Integer>> options = new CompletableFuture<>();
        reader = (socket, family) -> {
            options.complete(List.of(
                    socket.isTcpNoDelay() ? 1 : 0,
                    socket.isKeepAlive() ? 1 : 0,
                    socket.getIntOpt(6, 4), // TCP_KEEPIDLE
                    socket.getIntOpt(6, 5), // TCP_KEEPINTVL
                    socket.getIntOpt(6, 6))); // TCP_KEEPCNT
            return original;
        };
        dial(start());
        assertThat(options.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).containsExactly(1, 1, 180, 180, 9);
    }

    @Test
    void portInUseIsSaidWithTheSetting() throws Exception {
        RelayServer relay = start();
        int port = relay.addresses().get(0).getPort();
        assertThatThrownBy(() -> start(config.withListen(config.listen().withPort(port))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("remora.capture-port")
                .hasMessageContaining(String.valueOf(port));
    }

    @Test
    void addressesThatTheMachineLacksAreSaidWithTheSetting() {
        RelayConfig.Listen elsewhere =
                new RelayConfig.Listen(List.of(IpAddress.parse("192.0.2.1")), 0, 1); // TEST-NET-1
        assertThatThrownBy(() -> start(config.withListen(elsewhere)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("remora.capture-addresses")
                .hasMessageContaining("192.0.2.1")
                .hasCauseInstanceOf(IOException.class);
    }
}
