package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.Outcome;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import io.remora.registry.Route;
import io.remora.registry.Selection;
import io.remora.relay.ConnectionDecision.Choice;
import io.remora.relay.ConnectionQuery.Order;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a relay tells of its connections: the live ones, and what was decided about the newest. */
@Timeout(60)
class RelayDecisionsIT extends RelayTestCase {

    @Test
    void aConnectionIsToldWithItsChoiceAndItsEnd() throws Exception {
        InetSocketAddress server = echo("127.0.0.2");
        services.shop(server);
        RelayServer relay = start();
        TransportAddress client;
        try (Socket socket = dial(relay)) {
            client = TransportAddress.tcp(socket.getLocalSocketAddress());
            socket.getOutputStream().write(new byte[] {1, 2, 3});
            assertThat(socket.getInputStream().readNBytes(3)).hasSize(3);

            ConnectionDecision live = decision(relay);
            assertThat(live.phase()).isEqualTo(ConnectionPhase.RELAYING);
            assertThat(live.end()).isNull();
            assertThat(live.client()).isEqualTo(client);
            assertThat(live.original()).isEqualTo(TestServices.CLUSTER_IP);
            assertThat(live.destination()).hasToString("default/shop");
            assertThat(live.cause()).isEqualTo(Route.Cause.ELIGIBLE_ENDPOINTS);
            assertThat(live.upstream()).isEqualTo(TransportAddress.tcp(server));
            assertThat(live.missed()).isEmpty();
            assertThat(live.choice())
                    .isEqualTo(
                            new Choice(BalancerPolicy.ROUND_ROBIN, Selection.EVERY_READY, 1, 1, false, false, false));
        }
        assertNothingLeft(relay);

        ConnectionDecision over = decision(relay);
        assertThat(over.phase()).isEqualTo(ConnectionPhase.CLOSED);
        assertThat(over.end()).isNotNull().satisfies(end -> {
            assertThat(end.reason()).isEqualTo(CloseReason.COMPLETED);
            assertThat(end.sent()).isEqualTo(3);
            assertThat(end.received()).isEqualTo(3);
            assertThat(end.lasted()).isPositive();
        });
        assertThat(over.openedNanos()).isLessThanOrEqualTo(Ticker.SYSTEM.read());
    }

    @Test
    void anAttemptThatWasRefusedIsToldBeforeTheEndpointThatTookTheConnection() throws Exception {
        InetSocketAddress dead = dead("127.0.0.3");
        InetSocketAddress alive = echo("127.0.0.2");
        services.shop(dead, alive);
        RelayServer relay = start();
        for (int i = 0; i < 2; i++) { // round robin: one of two at least begins with the dead one
            try (Socket socket = dial(relay)) {
                socket.getOutputStream().write(1);
                assertThat(socket.getInputStream().read()).isEqualTo(1);
            }
        }

        assertThat(decisions(relay))
                .hasSize(2)
                .allSatisfy(decision -> assertThat(decision.upstream()).isEqualTo(TransportAddress.tcp(alive)));
        assertThat(decisions(relay).stream().flatMap(decision -> decision.missed().stream()))
                .isNotEmpty()
                .allSatisfy(attempt -> {
                    assertThat(attempt.address()).isEqualTo(TransportAddress.tcp(dead));
                    assertThat(attempt.outcome()).isEqualTo(Outcome.REFUSED);
                });
    }

    @Test
    void aConnectionWithoutAnEndpointIsToldAsRefused() throws Exception {
        services.shop();
        RelayServer relay = start();
        Socket client = dial(relay);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertNothingLeft(relay);

        ConnectionDecision decision = decision(relay);
        assertThat(decision.cause()).isEqualTo(Route.Cause.NO_ELIGIBLE_ENDPOINT);
        assertThat(decision.choice())
                .isNotNull()
                .satisfies(choice -> assertThat(choice.selection()).isEqualTo(Selection.NO_ENDPOINT));
        assertThat(decision.upstream()).isNull();
        assertThat(decision.end())
                .isNotNull()
                .satisfies(end -> assertThat(end.reason()).isEqualTo(CloseReason.NO_ENDPOINT));
    }

    @Test
    void whatNoServiceHasIsToldAsPassedThrough() throws Exception {
        services.shop();
        original = TransportAddress.tcp(echo("127.0.0.4"));
        RelayServer relay = start();
        try (Socket client = dial(relay)) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }

        ConnectionDecision decision = decision(relay);
        assertThat(decision.cause()).isEqualTo(Route.Cause.NO_SERVICE);
        assertThat(decision.destination()).isNull();
        assertThat(decision.choice()).isNull();
        assertThat(decision.upstream()).isEqualTo(original);
    }

    @Test
    void anEndpointThatTheClientIsBoundToOrThatIsOnTrialIsToldAsSuch() throws Exception {
        InetSocketAddress server = echo("127.0.0.2");
        services = new TestServices(
                TestServices.ROUND_ROBIN.withPolicy(BalancerPolicy.P2C), new FakeHealth(server), Ticker.SYSTEM);
        services.shop(server, echo("127.0.0.3"));
        RelayServer relay = start();
        exchange(relay);

        Choice trial = choice(decision(relay));
        assertThat(trial.trial()).isTrue();
        assertThat(trial.bound()).isFalse();
        assertThat(trial.usable()).isEqualTo(1);
        assertThat(trial.eligible()).isEqualTo(2);
        assertThat(trial.policy()).isEqualTo(BalancerPolicy.P2C);
    }

    @Test
    void theNewestAreKeptAndTheNewestComesFirst() throws Exception {
        services.shop(echo("127.0.0.2"));
        RelayServer relay = start();
        for (int i = 0; i < RelayServer.RECENT_DECISIONS + 5; i++) {
            exchange(relay);
        }
        assertNothingLeft(relay);

        assertThat(decisions(relay))
                .hasSize(RelayServer.RECENT_DECISIONS)
                .isSortedAccordingTo((a, b) -> Long.compare(b.id(), a.id()))
                .first()
                .satisfies(newest -> assertThat(newest.id()).isEqualTo(RelayServer.RECENT_DECISIONS + 5));
    }

    @Test
    void liveConnectionsAreFilteredSortedAndCounted() throws Exception {
        services.shop(echo("127.0.0.2"));
        TransportAddress unknown = TransportAddress.tcp(echo("127.0.0.4"));
        RelayServer relay = start();
        Socket first = relayed(relay, 10);
        relayed(relay, 2000);
        original = unknown;
        Socket last = relayed(relay, 30);

        assertThat(sent(relay, Order.NEWEST, 10, "")).containsExactly(30L, 2000L, 10L);
        assertThat(sent(relay, Order.OLDEST, 2, "")).containsExactly(10L, 2000L);
        assertThat(sent(relay, Order.SENT, 1, "")).containsExactly(2000L);
        assertThat(sent(relay, Order.RECEIVED, 3, "")).containsExactly(2000L, 30L, 10L);
        assertThat(sent(relay, Order.NEWEST, 10, "DEFAULT/shop")).containsExactly(2000L, 10L);
        assertThat(sent(relay, Order.NEWEST, 10, "127.0.0.4:")).containsExactly(30L);
        assertThat(sent(relay, Order.NEWEST, 10, ":" + first.getLocalPort())).containsExactly(10L);
        assertThat(sent(relay, Order.NEWEST, 10, "elsewhere")).isEmpty();
        ConnectionsView view = views(relay, new ConnectionQuery(Order.SENT, 1, "shop"));
        assertThat(view.seen()).isEqualTo(3);
        assertThat(view.matched()).isEqualTo(2);
        assertThat(view.connections().get(0).phase()).isEqualTo(ConnectionPhase.RELAYING);
        last.close();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(sent(relay, Order.NEWEST, 10, "")).containsExactly(2000L, 10L));
    }

    @Test
    void aConnectionThatWaitsForItsEndpointIsConnecting() throws Exception {
        ServerSocket hanging = listen("127.0.0.2", 1);
        fill(hanging);
        services.shop(address(hanging));
        RelayServer relay = start();
        dial(relay);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(views(relay, new ConnectionQuery(Order.NEWEST, 5, ""))
                                .connections())
                        .singleElement()
                        .satisfies(view -> {
                            assertThat(view.phase()).isEqualTo(ConnectionPhase.CONNECTING);
                            assertThat(view.upstream()).isNull();
                        }));
        assertThat(decision(relay).phase()).isEqualTo(ConnectionPhase.CONNECTING);
    }

    @Test
    void aRelayThatIsClosedTellsNothing() throws Exception {
        RelayServer relay = start();
        relay.close();

        assertThat(decisions(relay)).isEmpty();
        assertThat(relay.connections()).isEmpty();
    }

    private void exchange(RelayServer relay) throws IOException {
        try (Socket client = dial(relay)) {
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
        }
    }

    private Socket relayed(RelayServer relay, int bytes) throws IOException {
        Socket client = dial(relay);
        client.getOutputStream().write(new byte[bytes]);
        assertThat(client.getInputStream().readNBytes(bytes)).hasSize(bytes);
        return client;
    }

    private static List<Long> sent(RelayServer relay, Order order, int limit, String text) throws Exception {
        return views(relay, new ConnectionQuery(order, limit, text)).connections().stream()
                .map(ConnectionView::sent)
                .toList();
    }

    private static ConnectionsView views(RelayServer relay, ConnectionQuery query) throws Exception {
        return relay.connections(query).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static List<ConnectionDecision> decisions(RelayServer relay) throws Exception {
        return relay.decisions().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static ConnectionDecision decision(RelayServer relay) throws Exception {
        List<ConnectionDecision> all = decisions(relay);
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private static Choice choice(ConnectionDecision decision) {
        Choice choice = decision.choice();
        if (choice == null) {
            throw new AssertionError("nothing was chosen: " + decision);
        }
        return choice;
    }
}
