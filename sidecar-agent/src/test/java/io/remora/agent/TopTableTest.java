package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.DestinationView.Sums;
import io.remora.agent.ServicesView.EndpointView;
import io.remora.agent.ServicesView.Matched;
import io.remora.agent.ServicesView.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TopTableTest {

    private static final Sums SUMS = new Sums(0, 0, 0, 0, 0);
    private static final StatusView READY =
            Json.MAPPER.readValue("{\"state\":\"ready\",\"reasons\":[],\"synced\":true}", StatusView.class);

    @Test
    void theBusiestServiceIsFirstWithItsEndpointsUnderIt() {
        TopSample before = sample(
                0,
                destination("shop/quiet", endpoint("10.0.0.1:80", 0, 7, 0, true)),
                destination(
                        "shop/busy",
                        endpoint("10.0.0.2:80", 1, 100, 0, true),
                        endpoint("10.0.0.3:80", 0, 0, 0, false)));
        TopSample now = sample(
                2,
                destination("shop/quiet", endpoint("10.0.0.1:80", 0, 7, 0, true)),
                destination(
                        "shop/busy",
                        endpoint("10.0.0.2:80", 3, 140, 5, true),
                        endpoint("10.0.0.3:80", 0, 0, 0, false)));

        assertThat(TopTable.format(before, now, 100)).isEqualTo("""
                agent ready  |  2 Service ports
                SERVICE / ENDPOINT  IN FLIGHT  NEW/S  FAILED/S  CONNECTIONS  FAILURES  STATE
                shop/busy:http              3   20.0       2.5          140         5  1 of 2 used
                  10.0.0.2:80               3   20.0       2.5          140         5  used
                  10.0.0.3:80               0    0.0       0.0            0         0  not ready
                shop/quiet:http             0    0.0       0.0            7         0  1 of 1 used
                  10.0.0.1:80               0    0.0       0.0            7         0  used
                """);
    }

    @Test
    void anEndpointThatCameBackCountsFromZero() {
        TopSample before = sample(0, destination("shop/web", endpoint("10.0.0.1:80", 0, 1000, 3, true)));
        TopSample now = sample(1, destination("shop/web", endpoint("10.0.0.1:80", 0, 4, 0, true)));
        assertThat(TopTable.format(before, now, 100)).contains("  10.0.0.1:80               0    4.0       0.0");
    }

    @Test
    void whatDoesNotFitIsCounted() {
        List<DestinationView> many = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            many.add(destination("shop/s" + i, endpoint("10.0.0.1:80", 0, 0, 0, true)));
        }
        TopSample sample = sample(0, many.toArray(DestinationView[]::new));
        assertThat(TopTable.format(sample, sample, 24).lines())
                .hasSize(23)
                .last()
                .isEqualTo("... and 40 more lines; name a Service to see it alone");
    }

    private static TopSample sample(int second, DestinationView... destinations) {
        return new TopSample(
                TimeUnit.SECONDS.toNanos(second),
                new ServicesView(
                        READY,
                        new Totals(0, 0, 0, 0, 0, 0, 0, 0),
                        new Matched(0, 0),
                        List.of(destinations),
                        List.of()));
    }

    private static DestinationView destination(String service, EndpointView... endpoints) {
        return new DestinationView(
                service,
                "http",
                80,
                "IPv4",
                false,
                List.of("10.96.0.1:80"),
                null,
                "every ready endpoint",
                SUMS,
                List.of(endpoints));
    }

    @Test
    void whoIsEjectedIsSaidWithTheRest() {
        EjectionView ejection =
                new EjectionView("ejected", "2026-01-01T12:00:00Z", 12, "2026-01-01T12:00:30Z", 18, "a cause", 1);
        BalancingView balancing = new BalancingView("p2c", 1, 0, false, false, 0, 0, null, null, 0, 0);
        DestinationView destination = new DestinationView(
                "shop/web",
                "http",
                80,
                "IPv4",
                false,
                List.of("10.96.0.1:80"),
                balancing,
                "every ready endpoint",
                SUMS,
                List.of(endpoint("10.0.0.1:80", 0, 4, 0, true), sick("10.0.0.2:80", ejection)));
        TopSample sample = sample(0, destination);

        assertThat(TopTable.format(sample, sample, 24))
                .containsPattern("shop/web:http .* 1 of 2 used, 1 ejected\n")
                .containsPattern("10\\.0\\.0\\.2:80 .* ejected for 18 s more\n");
    }

    private static EndpointView sick(String address, EjectionView ejection) {
        return new EndpointView(
                address, true, true, false, null, null, "shop/pod", true, "ready", 0, 0, 0, ejection, null, null, null);
    }

    private static EndpointView endpoint(String address, int inFlight, long picks, long failures, boolean eligible) {
        return new EndpointView(
                address,
                eligible,
                eligible,
                false,
                null,
                null,
                "shop/pod",
                eligible,
                eligible ? "ready" : "not ready",
                inFlight,
                picks,
                failures,
                null,
                null,
                null,
                null);
    }
}
