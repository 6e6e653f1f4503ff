package io.remora.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.remora.balancer.Admission;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerConfig.Limits;
import io.remora.balancer.BalancerConfig.Retry;
import io.remora.balancer.Outcome;
import io.remora.internal.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a relay tells the balancer of what it sees, and how it keeps the limits, with real sockets. */
class RelayHealthIT extends RelayTestCase {

    private static final byte[] HELLO = "hello".getBytes(UTF_8);

    private final FakeHealth health = new FakeHealth();

    private void shop(BalancerConfig balancing, InetSocketAddress... endpoints) {
        services = new TestServices(balancing, health, Ticker.SYSTEM);
        services.shop(endpoints);
    }

    private void shop(InetSocketAddress... endpoints) {
        shop(TestServices.ROUND_ROBIN, endpoints);
    }

    private void limited(int maxConnections, int maxPending, InetSocketAddress... endpoints) {
        shop(TestServices.config(new Limits(maxConnections, maxPending), Retry.DEFAULT), endpoints);
    }

    private Admission admission() {
        return services.balancer().admission();
    }

    private void assertSettled(RelayServer relay) {
        assertNothingLeft(relay);
        assertThat(admission().open()).isZero();
        assertThat(admission().pending()).isZero();
        long entered = health.gate.stream().filter("entered"::equals).count();
        assertThat(health.gate).as("each that entered told how it ended").hasSize((int) (2 * entered));
    }

    private static void assertReset(Socket client) {
        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void answerIsToldAtItsFirstByteAndNotAtTheEnd() throws Exception {
        shop(echo("127.0.0.1"));
        RelayServer relay = start();
        try (Socket client = dial(relay)) {
            client.getOutputStream().write(HELLO);
            assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
            assertThat(health.endpoints).containsExactly("succeeded");
            assertThat(health.gate).containsExactly("entered", "succeeded");
            assertThat(health.connected).hasValue(1);
            assertThat(services.outcomes).isEmpty();
            client.getOutputStream().write(HELLO);
            assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
        }
        assertSettled(relay);
        assertThat(health.endpoints).containsExactly("succeeded");
    }

    @Test
    void endpointThatAnsweredAndThenResetsIsNotBlamed() throws Exception {
        ServerSocket server = listen();
        shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        Socket accepted = accept(server);
        accepted.getOutputStream().write(HELLO);
        assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
        reset(accepted);
        assertReset(client);
        assertSettled(relay);
        assertThat(health.endpoints).containsExactly("succeeded");
        assertThat(health.gate).containsExactly("entered", "succeeded");
    }

    @Test
    void endInOrderWithoutAByteIsASuccess() throws Exception {
        ServerSocket server = listen();
        shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        Socket accepted = accept(server);
        client.getOutputStream().write(HELLO);
        client.shutdownOutput();
        assertThat(accepted.getInputStream().readAllBytes()).isEqualTo(HELLO);
        accepted.close();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertSettled(relay);
        assertThat(health.endpoints).containsExactly("succeeded");
        assertThat(health.gate).containsExactly("entered", "succeeded");
    }

    @Test
    void resetBeforeTheFirstByteIsTheEndpointsFailureAlsoIfNobodyAskedAnything() throws Exception {
        ServerSocket server = listen();
        shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        Socket accepted = accept(server);
        await().atMost(PATIENCE).until(() -> admission().pending() == 0);
        reset(accepted);
        assertReset(client);
        assertSettled(relay);
        assertThat(health.endpoints).containsExactly("reset");
        assertThat(health.gate).containsExactly("entered", "failed");
    }

    @Test
    void endpointThatResetsAfterTheClientEndedItsStreamIsNotBlamed() throws Exception {
        ServerSocket server = listen();
        shop(address(server));
        RelayServer relay = start();
        Socket client = dial(relay);
        Socket accepted = accept(server);
        client.shutdownOutput();
        assertThat(accepted.getInputStream().read()).isEqualTo(-1);
        reset(accepted);
        assertReset(client);
        assertSettled(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.UPSTREAM_RESET);
        assertThat(health.endpoints).containsExactly("released");
        assertThat(health.gate).containsExactly("entered", "released");
    }

    @Test
    void clientThatResetsFirstIsNobodysFaultThoughTheEndpointResetsInItsTurn() throws Exception {
        ServerSocket server = listen();
        shop(address(server));
        RelayServer relay = start();
        for (int i = 0; i < 20; i++) {
            Socket client = dial(relay);
            Socket accepted = accept(server);
            client.getOutputStream().write(HELLO);
            assertThat(accepted.getInputStream().readNBytes(5)).isEqualTo(HELLO);
            reset(client);
            assertThatThrownBy(() -> accepted.getInputStream().read()).isInstanceOf(SocketException.class);
            reset(accepted);
        }
        assertSettled(relay);
        assertThat(recorder.closed).containsOnly(CloseReason.CLIENT_RESET);
        assertThat(health.endpoints).hasSize(20).containsOnly("released");
        assertThat(health.gate).containsOnly("entered", "released");
    }

    @Test
    void idleAndUnansweredConnectionIsNobodysFault() throws Exception {
        ServerSocket server = listen();
        shop(address(server));
        RelayServer relay = start(config.withExpiry(new RelayConfig.Expiry(Duration.ofMillis(200), Duration.ZERO)));
        Socket client = dial(relay);
        accept(server);
        assertReset(client);
        assertSettled(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.IDLE_TIMEOUT);
        assertThat(health.endpoints).containsExactly("released");
        assertThat(health.gate).containsExactly("entered", "released");
    }

    @Test
    void connectionBeyondTheLimitIsResetAtOnceAndOneThatEndsMakesRoom() throws Exception {
        limited(2, 0, echo("127.0.0.1"));
        RelayServer relay = start();
        Socket first = exchange(relay);
        Socket second = exchange(relay);
        assertReset(dial(relay));
        assertThat(admission().open()).isEqualTo(2);
        assertThat(admission().refused()).isOne();
        first.close();
        await().atMost(PATIENCE).until(() -> admission().open() == 1);
        exchange(relay).close();
        second.close();
        assertSettled(relay);
        assertThat(recorder.closed).containsOnlyOnce(CloseReason.LIMIT);
        assertThat(recorder.opened).as("it belongs to its Service").hasValue(4);
        assertThat(health.gate).doesNotContain("released", "failed");
    }

    @Test
    void limitOfThoseThatConnectIsOneOfThoseThatConnect() throws Exception {
        ServerSocket hanging = listen("127.0.0.2", 1);
        fill(hanging);
        limited(0, 1, address(hanging));
        RelayServer relay = start();
        Socket waiting = dial(relay);
        await().atMost(PATIENCE).until(() -> admission().pending() == 1);
        assertReset(dial(relay));
        reset(waiting);
        assertSettled(relay);
        assertThat(recorder.closed).containsExactlyInAnyOrder(CloseReason.LIMIT, CloseReason.CLIENT_LEFT);
        assertThat(health.gate).containsExactly("entered", "released");
    }

    @Test
    void connectionThatTheGateDoesNotLetInIsResetAtOnceAndTakesNoPlace() throws Exception {
        shop(echo("127.0.0.1"));
        health.shut = true;
        RelayServer relay = start();
        assertReset(dial(relay));
        assertSettled(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.BREAKER_OPEN);
        assertThat(services.picks()).isZero();
        health.shut = false;
        exchange(relay).close();
        assertSettled(relay);
    }

    @Test
    void gateHearsOfAFailureOnceThoughEveryEndpointWasTried() throws Exception {
        shop(dead("127.0.0.2"), dead("127.0.0.3"), dead("127.0.0.4"));
        RelayServer relay = start();
        assertReset(dial(relay));
        assertSettled(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.CONNECT_FAILED);
        assertThat(health.endpoints).containsExactly("refused", "refused", "refused");
        assertThat(health.gate).containsExactly("entered", "failed");
    }

    @Test
    void withoutEndpointsTheGateHearsNothingAboutThem() throws Exception {
        shop();
        RelayServer relay = start();
        assertReset(dial(relay));
        assertSettled(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.NO_ENDPOINT);
        assertThat(health.gate).containsExactly("entered", "released");
    }

    @Test
    void closingTheRelayGivesEveryPlaceBackAndBlamesNobody() throws Exception {
        ServerSocket hanging = listen("127.0.0.2", 1);
        fill(hanging);
        ServerSocket silent = listen("127.0.0.3", 50);
        shop(address(hanging), address(silent));
        RelayServer relay = start();
        for (int i = 0; i < 10; i++) {
            dial(relay);
        }
        await().atMost(PATIENCE).until(() -> admission().open() == 10);
        relay.close();
        assertThat(admission().open()).isZero();
        assertThat(admission().pending()).isZero();
        assertThat(services.inFlight()).isZero();
        assertThat(recorder.closed).hasSize(10).containsOnly(CloseReason.SHUTDOWN);
        assertThat(health.gate).hasSize(20).containsOnly("entered", "released");
    }

    @Test
    void healthThatThrowsAtEveryCallClosesEverySocketAndGivesEveryPlaceBack() throws Exception {
        ServerSocket server = listen();
        shop(address(server));
        health.failing = true;
        RelayServer relay = start();
        assertReset(dial(relay)); // the gate threw when it was asked
        assertNothingLeft(relay);
        assertThat(admission().open()).isZero();
        health.failing = false;

        Socket client = dial(relay);
        Socket accepted = accept(server);
        health.failing = true;
        client.getOutputStream().write(HELLO);
        assertThat(accepted.getInputStream().readNBytes(5)).isEqualTo(HELLO);
        accepted.getOutputStream().write(HELLO); // the answer is told, which throws, and relayed
        assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
        client.close();
        assertThat(accepted.getInputStream().read()).isEqualTo(-1);
        accepted.close();

        health.failing = false;
        Socket other = dial(relay);
        Socket unanswered = accept(server);
        await().atMost(PATIENCE).until(() -> admission().pending() == 0);
        health.failing = true;
        reset(unanswered);
        assertReset(other);
        assertNothingLeft(relay);
        assertThat(admission().open()).isZero();
        assertThat(admission().pending()).isZero();
        assertThat(services.inFlight()).isZero();
    }

    @Test
    void connectionsOfAllKindsAtOnceLeaveNothingBehind() throws Exception {
        limited(40, 20, echo("127.0.0.1"), dead("127.0.0.2"), address(resetting("127.0.0.3")));
        RelayServer relay = start();
        for (int i = 0; i < 200; i++) {
            Socket client = dial(relay);
            try {
                client.getOutputStream().write(HELLO);
                if (i % 3 == 0) {
                    reset(client);
                } else if (i % 3 == 1) {
                    client.close();
                } else {
                    threads.execute(() -> {
                        try (client) {
                            client.getInputStream().readNBytes(5);
                        } catch (IOException e) {
                            // reset, by the limit or by the endpoint
                        }
                    });
                }
            } catch (SocketException e) {
                client.close(); // reset before
            }
        }
        assertSettled(relay);
        assertThat(services.outcomes).contains(Outcome.SUCCESS, Outcome.REFUSED);
    }

    private Socket exchange(RelayServer relay) throws IOException {
        Socket client = dial(relay);
        client.getOutputStream().write(HELLO);
        assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
        return client;
    }

    /** Takes every connection and resets it. */
    private ServerSocket resetting(String address) throws IOException {
        ServerSocket server = listen(address, 50);
        threads.execute(() -> {
            try {
                while (true) {
                    reset(server.accept());
                }
            } catch (IOException e) {
                // the test is over
            }
        });
        return server;
    }
}
