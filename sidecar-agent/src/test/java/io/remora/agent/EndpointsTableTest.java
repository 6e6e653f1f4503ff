package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.DestinationView.Sums;
import io.remora.agent.ServicesView.EndpointView;
import io.remora.agent.ServicesView.Matched;
import io.remora.agent.ServicesView.Totals;
import io.remora.agent.ServicesView.UnbalancedView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EndpointsTableTest {

    private static final Totals TOTALS = new Totals(3, 2, 3, 2, 4, 1234, 5, 0);
    private static final Matched MATCHED = new Matched(2, 1);
    private static final Sums SUMS = new Sums(3, 2, 4, 1234, 5);

    @Test
    void whatTheApiSaysStandsNextToWhatTheAgentDoes() throws IOException {
        ServicesView view = new ServicesView(
                status("degraded", List.of("not connected to the API server, last heard of it 75 s ago")),
                TOTALS,
                MATCHED,
                List.of(
                        new DestinationView(
                                "shop/stock",
                                "http",
                                80,
                                "IPv4",
                                false,
                                List.of("10.96.0.20:80"),
                                null,
                                "every ready endpoint",
                                SUMS,
                                List.of(
                                        new EndpointView(
                                                "10.244.1.3:8080",
                                                true,
                                                true,
                                                false,
                                                "zone-a",
                                                "node-1",
                                                "shop/stock-7d9f-x2x4k",
                                                true,
                                                "ready",
                                                3,
                                                1230,
                                                0,
                                                null,
                                                null,
                                                null,
                                                null),
                                        new EndpointView(
                                                "10.244.2.14:8080",
                                                true,
                                                true,
                                                false,
                                                "zone-b",
                                                "node-2",
                                                "shop/stock-7d9f-9q8zj",
                                                true,
                                                "ready",
                                                1,
                                                4,
                                                5,
                                                null,
                                                null,
                                                null,
                                                null),
                                        new EndpointView(
                                                "10.244.2.5:8080",
                                                false,
                                                false,
                                                false,
                                                null,
                                                null,
                                                null,
                                                false,
                                                "not ready",
                                                0,
                                                0,
                                                0,
                                                null,
                                                null,
                                                null,
                                                null))),
                        new DestinationView(
                                "shop/web",
                                "",
                                443,
                                "IPv6",
                                false,
                                List.of("[fd00::1]:443"),
                                null,
                                "every ready endpoint",
                                SUMS,
                                List.of())),
                List.of(new UnbalancedView("shop/db", "headless: clients dial its pods themselves")));

        assertThat(EndpointsTable.format(view)).isEqualTo(golden("endpoints.txt"));
    }

    @Test
    void whatKeepsEndpointsOutAndWhatTheyGetStandsThere() {
        EjectionView ejected = new EjectionView(
                "ejected", "2026-01-01T12:03:11Z", 42, "2026-01-01T12:04:11Z", 18, "2 consecutive failures", 2);
        EjectionView trial =
                new EjectionView("trial", "2026-01-01T12:02:11Z", 102, "2026-01-01T12:02:41Z", 0, "probes failed", 1);
        BalancingView balancing = new BalancingView("peak-ewma", 1, 1, false, false, 12, 2, 100, null, 3, 0);
        ServicesView view = view(
                balancing,
                endpoint("10.244.1.1:80", null, 10, 25L, 1.25),
                endpoint("10.244.1.2:80", ejected, null, null, null),
                endpoint("10.244.1.3:80", trial, null, null, null));

        String table = EndpointsTable.format(view);

        assertThat(table.lines())
                .containsExactly(
                        "shop/stock:http  10.96.0.20:80  2 of 3 endpoints used, 1 ejected, 1 on trial",
                        "  limits: 12 of at most 100 connections open, 3 refused so far",
                        "  the API says                                                              | the agent does",
                        "  ENDPOINT       READY  SERVING  TERMINATING  ZONE    NODE    POD           | USED     IN FLIGHT"
                                + "  PICKS  FAILURES  WEIGHT  LATENCY  WHY",
                        "  10.244.1.1:80  yes    yes      no           zone-a  node-1  shop/stock-0  | yes      0"
                                + "          0      0         10      1.25 ms  ready; slow start for 25 s more",
                        "  10.244.1.2:80  yes    yes      no           zone-a  node-1  shop/stock-0  | ejected  0"
                                + "          0      0         1       -        ejected since 12:03:11Z (42 s ago), for the 2nd"
                                + " time in a row: 2 consecutive failures; next trial in 18 s",
                        "  10.244.1.3:80  yes    yes      no           zone-a  node-1  shop/stock-0  | trial    0"
                                + "          0      0         1       -        on trial, one connection at a time until one is"
                                + " answered; ejected at 12:02:11Z (102 s ago): probes failed",
                        "");
    }

    @Test
    void anOpenCircuitBreakerIsSaid() {
        BalancingView balancing = new BalancingView("p2c", 0, 0, false, true, 0, 0, null, null, 0, 0);

        assertThat(EndpointsTable.format(view(balancing, endpoint("10.244.1.1:80", null, null, null, null))))
                .contains("; its circuit breaker is open: connections are reset");
    }

    @Test
    void inPanicWhatIsEjectedIsUsed() {
        EjectionView ejected =
                new EjectionView("ejected", "2026-01-01T12:03:11Z", 42, "2026-01-01T12:04:11Z", 18, "a cause", 1);
        BalancingView balancing = new BalancingView("p2c", 2, 0, true, false, 0, 0, null, null, 0, 0);
        String table = EndpointsTable.format(view(
                balancing,
                endpoint("10.244.1.1:80", ejected, null, null, null),
                endpoint("10.244.1.2:80", ejected, null, null, null)));

        assertThat(table)
                .contains("2 of 2 endpoints used, 2 ejected; panic: so many are ejected that all are used")
                .containsPattern("10\\.244\\.1\\.1:80 .*\\| yes ")
                .doesNotContain("LATENCY", "WEIGHT", "limits");
    }

    private static ServicesView view(BalancingView balancing, EndpointView... endpoints) {
        return new ServicesView(
                status("ready", List.of()),
                TOTALS,
                MATCHED,
                List.of(new DestinationView(
                        "shop/stock",
                        "http",
                        80,
                        "IPv4",
                        false,
                        List.of("10.96.0.20:80"),
                        balancing,
                        "every ready endpoint",
                        SUMS,
                        List.of(endpoints))),
                List.of());
    }

    private static EndpointView endpoint(
            String address,
            @Nullable EjectionView ejection,
            @Nullable Integer weight,
            @Nullable Long slowStart,
            @Nullable Double latency) {
        return new EndpointView(
                address,
                true,
                true,
                false,
                "zone-a",
                "node-1",
                "shop/stock-0",
                true,
                "ready",
                0,
                0,
                0,
                ejection,
                weight,
                slowStart,
                latency);
    }

    @Test
    void anEmptyRegistryIsSaid() {
        ServicesView view = new ServicesView(status("ready", List.of()), TOTALS, MATCHED, List.of(), List.of());

        assertThat(EndpointsTable.format(view)).isEqualTo("No Services are known.\n");
    }

    private static StatusView status(String state, List<String> reasons) {
        return new StatusView("1.2.3", state, reasons, true, reasons.isEmpty(), 75.0, 2, 1, 0);
    }

    private static String golden(String name) throws IOException {
        try (var in = EndpointsTableTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
