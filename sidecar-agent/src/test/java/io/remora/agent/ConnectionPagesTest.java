package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.agent.ConnectionsPage.Row;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.Outcome;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.ServiceId;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Moments;
import io.remora.internal.VirtualClock;
import io.remora.registry.DestinationId;
import io.remora.registry.Route.Cause;
import io.remora.registry.Selection;
import io.remora.relay.CloseReason;
import io.remora.relay.ConnectionDecision;
import io.remora.relay.ConnectionDecision.Attempt;
import io.remora.relay.ConnectionDecision.Choice;
import io.remora.relay.ConnectionDecision.End;
import io.remora.relay.ConnectionPhase;
import io.remora.relay.ConnectionQuery;
import io.remora.relay.ConnectionQuery.Order;
import io.remora.relay.ConnectionView;
import io.remora.relay.ConnectionsView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code /connections} and {@code /decisions}. */
class ConnectionPagesTest {

    private static final TransportAddress CLIENT = TransportAddress.tcp(IpAddress.parse("10.244.0.9"), 40000);
    private static final TransportAddress CLUSTER_IP = TransportAddress.tcp(IpAddress.parse("10.96.0.20"), 80);
    private static final TransportAddress ENDPOINT = TransportAddress.tcp(IpAddress.parse("10.244.1.3"), 8080);
    private static final TransportAddress OTHER = TransportAddress.tcp(IpAddress.parse("10.244.1.4"), 8080);
    private static final DestinationId STOCK = new DestinationId(new ServiceId("shop", "stock"), "http", IpFamily.IPV4);

    private final VirtualClock clock = new VirtualClock();
    private final Instant noon = Instant.parse("2026-01-01T12:00:00Z");
    private final Moments moments = new Moments(clock, () -> noon.plusNanos(clock.read()));
    private final List<ConnectionQuery> asked = new ArrayList<>();

    @Test
    void connectionsAreAskedForAsTheParametersSay() {
        ConnectionsPage page = new ConnectionsPage(
                query -> {
                    asked.add(query);
                    return CompletableFuture.completedFuture(new ConnectionsView(
                            7,
                            2,
                            List.of(
                                    new ConnectionView(
                                            5,
                                            CLIENT,
                                            CLUSTER_IP,
                                            STOCK,
                                            ConnectionPhase.RELAYING,
                                            ENDPOINT,
                                            Duration.ofMillis(1500),
                                            10,
                                            2000),
                                    new ConnectionView(
                                            4,
                                            CLIENT,
                                            CLUSTER_IP,
                                            null,
                                            ConnectionPhase.HELD,
                                            null,
                                            Duration.ofSeconds(2),
                                            0,
                                            0))));
                },
                () -> 9);

        ConnectionsPage.Answer answer = Json.MAPPER.readValue(body(page, "?order=sent&limit=2&filter=+Stock"), ANSWER);

        assertThat(asked).containsExactly(new ConnectionQuery(Order.SENT, 2, "stock"));
        assertThat(answer)
                .isEqualTo(new ConnectionsPage.Answer(
                        9,
                        7,
                        2,
                        List.of(
                                new Row(
                                        5,
                                        1.5,
                                        "relaying",
                                        "10.244.0.9:40000",
                                        "10.96.0.20:80",
                                        "shop/stock:http",
                                        "10.244.1.3:8080",
                                        10,
                                        2000),
                                new Row(4, 2, "held", "10.244.0.9:40000", "10.96.0.20:80", null, null, 0, 0))));
        body(page, "");
        assertThat(asked.get(1)).isEqualTo(new ConnectionQuery(Order.NEWEST, 100, ""));
        assertThat(refusal(page, "?limit=1001")).isEqualTo("limit must be a number from 1 to 1000: '1001'\n");
        assertThat(refusal(page, "?limit=0")).contains("'0'");
        assertThat(refusal(page, "?limit=99999999999")).contains("from 1 to 1000");
        assertThat(refusal(page, "?order=size"))
                .isEqualTo("order must be one of newest, oldest, sent, received: 'size'\n");
        assertThat(asked).hasSize(2);
    }

    private static final Class<ConnectionsPage.Answer> ANSWER = ConnectionsPage.Answer.class;

    @Test
    void decisionsAreFilteredAndCounted() {
        clock.advance(Duration.ofMillis(90_250));
        DecisionsPage page = new DecisionsPage(
                () -> CompletableFuture.completedFuture(List.of(
                        decision(3, Cause.NO_SERVICE, null, ENDPOINT, List.of(), null),
                        decision(
                                2,
                                Cause.ELIGIBLE_ENDPOINTS,
                                choice(Selection.EVERY_READY, 3, 3),
                                ENDPOINT,
                                List.of(new Attempt(OTHER, Outcome.REFUSED, Duration.ofMillis(2))),
                                CloseReason.COMPLETED),
                        decision(
                                1,
                                Cause.ELIGIBLE_ENDPOINTS,
                                choice(Selection.EVERY_READY, 3, 3),
                                OTHER,
                                List.of(),
                                CloseReason.UPSTREAM_RESET))),
                moments);

        DecisionsPage.Answer all = Json.MAPPER.readValue(body(page, ""), DecisionsPage.Answer.class);
        DecisionsPage.Answer some =
                Json.MAPPER.readValue(body(page, "?filter=P2C&limit=1"), DecisionsPage.Answer.class);

        assertThat(all.kept()).isEqualTo(3);
        assertThat(all.matched()).isEqualTo(3);
        assertThat(all.decisions()).extracting(DecisionView::id).containsExactly(3L, 2L, 1L);
        assertThat(all.decisions())
                .extracting(DecisionView::decision)
                .containsExactly("pass-through", "forward", "forward");
        assertThat(all.decisions()).extracting(DecisionView::end).containsExactly(null, "completed", "upstream_reset");
        assertThat(some.kept()).isEqualTo(3);
        assertThat(some.matched()).isEqualTo(2);
        assertThat(some.decisions()).singleElement().satisfies(view -> {
            assertThat(view.at()).isEqualTo("2026-01-01T12:00:00.250Z");
            assertThat(view.original()).isEqualTo("10.96.0.20:80");
            assertThat(view.service()).isEqualTo("shop/stock:http");
            assertThat(view.endpoint()).isEqualTo("10.244.1.3:8080");
            assertThat(view.why()).isEqualTo("p2c among 3 endpoints; 10.244.1.4:8080 refused");
            assertThat(view.missed()).containsExactly(new DecisionView.MissedView("10.244.1.4:8080", "refused", 0.002));
            assertThat(view.seconds()).isEqualTo(1.5);
            assertThat(view.sent()).isEqualTo(10);
        });
        assertThat(refusal(page, "?limit=201")).isEqualTo("limit must be a number from 1 to 200: '201'\n");
    }

    @Test
    void everyDecisionHasItsReason() {
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, choice(Selection.EVERY_READY, 1, 1), null))
                .isEqualTo("the only endpoint");
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, choice(Selection.EVERY_READY, 3, 2), null))
                .isEqualTo("p2c among 2 of 3 endpoints; 1 ejected or on trial");
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, choice(Selection.EVERY_READY, 3, 1), null))
                .isEqualTo("the only usable one of 3 endpoints; 2 ejected or on trial");
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, choice(Selection.EVERY_READY, 3, 0), CloseReason.NO_ENDPOINT))
                .isEqualTo("all 3 endpoints are ejected or on trial");
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, choice(Selection.HINTED_FOR_ZONE, 2, 2), null))
                .isEqualTo("p2c among 2 endpoints; ready endpoints whose topology hints name the client's zone");
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, flagged(true, false, false), null))
                .startsWith("p2c among 2 endpoints, those too");
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, flagged(false, true, false), null))
                .contains("session affinity");
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, flagged(false, false, true), null))
                .contains("trial of an endpoint");
        assertThat(why(Cause.NO_ELIGIBLE_ENDPOINT, choice(Selection.NONE_USABLE, 0, 0), CloseReason.NO_ENDPOINT))
                .isEqualTo(Selection.NONE_USABLE.reason());
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, choice(Selection.EVERY_READY, 2, 2), CloseReason.LIMIT))
                .contains("limits allow");
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, choice(Selection.EVERY_READY, 2, 2), CloseReason.BREAKER_OPEN))
                .contains("circuit breaker");
        assertThat(why(Cause.ELIGIBLE_ENDPOINTS, null, null)).contains("went this very moment");
        assertThat(why(Cause.OUTSIDE_SOURCE_RANGES, null, CloseReason.OUTSIDE_SOURCE_RANGES))
                .contains("loadBalancerSourceRanges");
        assertThat(why(Cause.UNDEFINED_PORT, null, CloseReason.UNDEFINED_PORT)).contains("no such TCP port");
        assertThat(why(Cause.CLIENT_NODE_UNKNOWN, null, null)).contains("internalTrafficPolicy is Local");
        assertThat(why(Cause.NO_SERVICE, null, null)).contains("no known Service");
        assertThat(why(null, null, CloseReason.NOT_REDIRECTED)).contains("dialled to the agent itself");
        assertThat(why(null, null, CloseReason.LOOP)).contains("own dial");
        assertThat(why(null, null, CloseReason.CLIENT_LEFT)).contains("before its address was looked up");
        assertThat(why(null, null, null)).contains("is being read");
    }

    @Test
    void whatWasResetAtOnceCountsAsRejected() {
        for (CloseReason reason : List.of(CloseReason.NO_ENDPOINT, CloseReason.LIMIT, CloseReason.BREAKER_OPEN)) {
            assertThat(view(Cause.ELIGIBLE_ENDPOINTS, choice(Selection.EVERY_READY, 2, 2), reason)
                            .decision())
                    .isEqualTo("reject");
        }
        assertThat(view(Cause.UNDEFINED_PORT, null, CloseReason.UNDEFINED_PORT).decision())
                .isEqualTo("reject");
        assertThat(view(null, null, CloseReason.NOT_REDIRECTED).decision()).isNull();
    }

    private String why(@Nullable Cause cause, @Nullable Choice choice, @Nullable CloseReason end) {
        return view(cause, choice, end).why();
    }

    private DecisionView view(@Nullable Cause cause, @Nullable Choice choice, @Nullable CloseReason end) {
        return DecisionView.of(decision(1, cause, choice, ENDPOINT, List.of(), end), moments);
    }

    private static Choice choice(Selection selection, int eligible, int usable) {
        return new Choice(BalancerPolicy.P2C, selection, eligible, usable, false, false, false);
    }

    private static Choice flagged(boolean panic, boolean bound, boolean trial) {
        return new Choice(BalancerPolicy.P2C, Selection.EVERY_READY, 2, 2, panic, bound, trial);
    }

    @SuppressWarnings("NullAway") // it does not read from a class file that a nested type is nullable
    private static ConnectionDecision decision(
            long id,
            @Nullable Cause cause,
            @Nullable Choice choice,
            TransportAddress upstream,
            List<Attempt> missed,
            @Nullable CloseReason end) {
        return new ConnectionDecision(
                id,
                Duration.ofMillis(250).toNanos(),
                CLIENT,
                CLUSTER_IP,
                choice == null ? null : STOCK,
                cause,
                choice,
                end == null ? ConnectionPhase.OPENING : ConnectionPhase.CLOSED,
                upstream,
                missed,
                end == null ? null : new End(end, 10, 20, Duration.ofMillis(1500)));
    }

    private static String body(AdminPage page, String query) {
        AdminResponse response = page.respond(request(query));
        AdminResponse answer =
                Objects.requireNonNull(response.later()).toCompletableFuture().join();
        assertThat(answer.status().code()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String refusal(AdminPage page, String query) {
        AdminResponse response = page.respond(request(query));
        assertThat(response.status().code()).isEqualTo(400);
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static AdminRequest request(String query) {
        return AdminRequest.of("GET", "/page" + query, 0, null, null);
    }
}
