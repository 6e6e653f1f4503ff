package io.remora.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.DestinationHealth;
import io.remora.balancer.Ejection;
import io.remora.balancer.Outcome;
import io.remora.client.RequestAttempt;
import io.remora.client.RequestBalancer;
import io.remora.client.RequestListeners;
import io.remora.client.RequestRefusedException;
import io.remora.client.ServiceNames;
import io.remora.client.ServiceTarget;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.internal.VirtualClock;
import io.remora.outlier.HealthListener;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RequestMetricsTest {

    private static final ServiceId SHOP = new ServiceId("default", "shop");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final VirtualClock clock = new VirtualClock();
    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of());
    private final RequestMetrics metrics =
            new RequestMetrics(meters, () -> Instant.parse("2026-01-01T12:00:00Z"), this::balancers);
    private final BalancerRegistry balancers = new BalancerRegistry(
            BalancerRules.always(BalancerConfig.DEFAULT), DestinationHealth.Factory.NONE, metrics, clock);
    private final ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers, metrics), Runnable::run);
    private final RequestBalancer requests = new RequestBalancer(
            registry,
            balancers,
            new ServiceNames("default", "cluster.local"),
            new RequestListeners(List.of(metrics)),
            Duration.ZERO,
            Duration.ofSeconds(1),
            clock,
            clock,
            () -> new SplittableRandom(1));

    RequestMetricsTest() {
        registry.start();
    }

    private BalancerRegistry balancers() {
        return balancers;
    }

    @Test
    void aServiceThatIsNotUsedHasNoSeries() {
        source.update(shop(8080));

        assertThat(names()).isEmpty();
    }

    @Test
    void aRequestIsCountedUnderItsServiceAndIsActiveUntilItEnds() throws Exception {
        source.update(shop(8080, 8081));
        RequestAttempt first = begin();

        assertThat(value(Meters.REQUESTS)).isEqualTo(1);
        assertThat(value(Meters.REQUESTS_ACTIVE)).isEqualTo(1);

        RequestAttempt second = Objects.requireNonNull(first.retry(Outcome.REFUSED));
        second.end(Outcome.SUCCESS);

        assertThat(value(Meters.REQUESTS)).isEqualTo(1);
        assertThat(value(Meters.REQUESTS_RETRIED)).isEqualTo(1);
        assertThat(value(Meters.REQUESTS_ACTIVE)).isZero();
        assertThat(value(Meters.PICKS, "outcome", "refused")).isEqualTo(1);
        assertThat(value(Meters.PICKS, "outcome", "success")).isEqualTo(1);
        assertThat(value(Meters.ENDPOINTS, "state", "ready")).isEqualTo(2);
    }

    @Test
    void aRequestThatIsRefusedIsCountedByTheReason() {
        source.update(shop());

        assertThatExceptionOfType(RequestRefusedException.class).isThrownBy(this::begin);
        assertThat(value(Meters.REQUESTS_REFUSED, "reason", "no_endpoint")).isEqualTo(1);
        assertThat(value(Meters.REQUESTS)).isZero();
    }

    @Test
    void theSeriesGoWithTheServiceAndWhatEndsLaterLeavesNone() throws Exception {
        source.update(shop(8080));
        RequestAttempt attempt = begin();
        source.remove(SHOP);
        attempt.end(Outcome.SUCCESS);

        assertThat(names()).isEmpty();

        source.update(shop(8080));
        begin().end(Outcome.SUCCESS);

        assertThat(value(Meters.REQUESTS)).isEqualTo(1);
    }

    @Test
    void everyMeterOfTheTableButThoseOfAnAgentExistsWithItsTagsAndNoOther() throws Exception {
        source.update(shop(8080));
        SourceMeters.register(meters, registry);
        RequestAttempt attempt = begin();
        metrics.ejected(attempt.endpoint(), HealthListener.Rule.PROBE, new Ejection("any", 0, 1, 1));
        attempt.end(Outcome.SUCCESS);
        source.update(shop());
        assertThatExceptionOfType(RequestRefusedException.class).isThrownBy(this::begin);

        List<String> expected = Arrays.stream(Meters.values())
                .filter(meter -> !meter.meterName().matches("remora\\.(connect|accept|relayed|build).*"))
                .map(meter -> meter.meterName() + meter.tags().stream().sorted().toList())
                .toList();
        List<String> found = meters.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> !id.getName().endsWith(".histogram")) // the simple registry's buckets
                .map(id -> id.getName()
                        + id.getTags().stream()
                                .map(tag -> tag.getKey())
                                .sorted()
                                .toList())
                .distinct()
                .toList();
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }

    private RequestAttempt begin() throws RequestRefusedException {
        return requests.begin(Objects.requireNonNull(requests.find(ServiceTarget.of(SHOP))), header -> null);
    }

    private List<String> names() {
        return meters.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> !name.startsWith("remora.propagation"))
                .distinct()
                .toList();
    }

    private double value(Meters meter, String... tags) {
        Meter found = meters.get(meter.meterName())
                .tags("namespace", "default", "service", "shop")
                .tags(tags)
                .meter();
        return found.measure().iterator().next().getValue();
    }

    private static ServiceSnapshot shop(int... ports) {
        ServicePort http = ServicePort.tcp("http", 80);
        List<Endpoint> endpoints = Arrays.stream(ports)
                .mapToObj(port -> Endpoint.ready(IpAddress.parse("10.244.0.7"), port))
                .toList();
        return new ServiceSnapshot(
                SHOP,
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.10")))
                        .ports(List.of(http))
                        .build(),
                Map.of(http.key(), endpoints),
                null);
    }
}
