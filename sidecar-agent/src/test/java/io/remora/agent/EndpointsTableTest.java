package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.EndpointView;
import io.remora.agent.ServicesView.Totals;
import io.remora.agent.ServicesView.UnbalancedView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EndpointsTableTest {

    private static final Totals TOTALS = new Totals(3, 2, 3, 2, 4, 1234, 5);

    @Test
    void whatTheApiSaysStandsNextToWhatTheAgentDoes() throws IOException {
        ServicesView view = new ServicesView(
                status("degraded", List.of("not connected to the API server, last heard of it 75 s ago")),
                TOTALS,
                List.of(
                        new DestinationView(
                                "shop/stock",
                                "http",
                                80,
                                "IPv4",
                                false,
                                List.of("10.96.0.20:80"),
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
                                                0),
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
                                                5),
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
                                                0))),
                        new DestinationView("shop/web", "", 443, "IPv6", false, List.of("[fd00::1]:443"), List.of())),
                List.of(new UnbalancedView("shop/db", "headless: clients dial its pods themselves")));

        assertThat(EndpointsTable.format(view)).isEqualTo(golden("endpoints.txt"));
    }

    @Test
    void anEmptyRegistryIsSaid() {
        ServicesView view = new ServicesView(status("ready", List.of()), TOTALS, List.of(), List.of());

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
