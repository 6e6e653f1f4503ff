package io.remora.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.remora.balancer.Outcome;
import io.remora.client.RequestAttempt;
import io.remora.client.RequestBalancer;
import io.remora.client.RequestRefusedException;
import io.remora.client.ServiceTarget;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Endpoint;
import io.remora.discovery.Interest;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TrafficPolicy;
import io.remora.discovery.TransportAddress;
import io.remora.embedded.Remora;
import io.remora.spring.RemoraAutoConfiguration;
import io.remora.spring.actuate.RemoraView.EndpointView;
import io.remora.spring.actuate.RemoraView.PortView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class RemoraActuatorTest {

    private static final ServiceId CATALOG = new ServiceId("shop", "catalog");

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    EndpointAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    RemoraAutoConfiguration.class,
                    RemoraEndpointAutoConfiguration.class,
                    RemoraHealthAutoConfiguration.class,
                    RemoraMetricsAutoConfiguration.class));

    private final ApplicationContextRunner shop = runner.withPropertyValues(
            "management.endpoints.web.exposure.include=remora",
            "remora.namespace=shop",
            "remora.outlier.consecutive-failures=1",
            "remora.max-connections=5",
            "remora.services.catalog.endpoints=127.0.0.1:9001,127.0.0.1:9002",
            "remora.services.catalog.port-name=http",
            "remora.services.empty.endpoints=");

    @Test
    void theEndpointIsThereOnceItIsExposed() {
        runner.withPropertyValues("remora.services.a.endpoints=127.0.0.1:1")
                .run(context -> assertThat(context).hasSingleBean(Remora.class).doesNotHaveBean(RemoraEndpoint.class));
        shop.run(context -> assertThat(context).hasSingleBean(RemoraEndpoint.class));
        shop.withPropertyValues("management.endpoint.remora.access=NONE")
                .run(context -> assertThat(context).doesNotHaveBean(RemoraEndpoint.class));
    }

    @Test
    void withoutRemoraThereIsNothingOfIt() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=remora")
                .withBean(SimpleMeterRegistry.class)
                .run(context -> assertThat(context)
                        .doesNotHaveBean(RemoraEndpoint.class)
                        .doesNotHaveBean(RemoraHealthIndicator.class)
                        .doesNotHaveBean(RemoraMeterBinder.class));
    }

    @Test
    void eachPartDoesWithoutTheLibrariesOfTheOthers() {
        shop.withBean(SimpleMeterRegistry.class)
                .withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(RemoraEndpoint.class)
                        .hasSingleBean(RemoraMeterBinder.class)
                        .doesNotHaveBean("remoraHealthIndicator"));
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        RemoraAutoConfiguration.class,
                        RemoraEndpointAutoConfiguration.class,
                        RemoraHealthAutoConfiguration.class,
                        RemoraMetricsAutoConfiguration.class))
                .withPropertyValues("remora.services.a.endpoints=127.0.0.1:1")
                .withClassLoader(new FilteredClassLoader(
                        ConditionalOnAvailableEndpoint.class, MeterRegistry.class, HealthIndicator.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(Remora.class)
                        .doesNotHaveBean("remoraEndpoint")
                        .doesNotHaveBean("remoraHealthIndicator")
                        .doesNotHaveBean("remoraMeterBinder"));
    }

    @Test
    void everythingThatIsKnownIsShown() {
        shop.run(context -> {
            awaitSync(context);
            RequestBalancer requests = context.getBean(RequestBalancer.class);
            RequestAttempt sick = begin(requests, "catalog");
            sick.end(Outcome.REFUSED);
            RequestAttempt open = begin(requests, "catalog");
            open.answered(Outcome.SUCCESS);

            RemoraView view = context.getBean(RemoraEndpoint.class).services();

            assertThat(view.namespace()).isEqualTo("shop");
            assertThat(view.source().state()).isEqualTo("fresh");
            assertThat(view.services())
                    .extracting(RemoraView.ServiceView::name)
                    .containsExactly("shop/catalog", "shop/empty");
            PortView port = view.services().get(0).ports().get(0);
            assertThat(port.name()).isEqualTo("http");
            assertThat(port.used()).isTrue();
            assertThat(port.selection()).isEqualTo("every ready endpoint");
            RemoraView.BalancingView balancing = Objects.requireNonNull(port.balancing());
            assertThat(balancing.policy()).isEqualTo("p2c");
            assertThat(balancing.inFlight()).isEqualTo(1);
            assertThat(balancing.maxConnections()).isEqualTo(5);
            assertThat(balancing.maxPending()).isNull();
            EndpointView ejected = endpoint(port, sick.endpoint().toString());
            assertThat(ejected.state()).isEqualTo("ejected");
            assertThat(ejected.failures()).isEqualTo(1);
            assertThat(ejected.failing()).isTrue();
            assertThat(Objects.requireNonNull(ejected.ejection()).cause()).contains("failure");
            assertThat(ejected.ejection().until()).isNotNull();
            EndpointView used = endpoint(port, open.endpoint().toString());
            assertThat(used.state()).isEqualTo("used");
            assertThat(used.ejection()).isNull();
            assertThat(used.inFlight()).isEqualTo(1);
            assertThat(used.picks()).isEqualTo(1);
            assertThat(used.latencyMillis()).isNotNull();
            open.end(Outcome.SUCCESS);
            assertThat(view.services().get(1).ports().get(0).selection())
                    .isEqualTo("the Service has no endpoint for this port");
        });
    }

    @Test
    void itSaysWhatBecomesOfRequestsToAHost() {
        shop.run(context -> {
            awaitSync(context);
            RemoraEndpoint endpoint = context.getBean(RemoraEndpoint.class);

            for (String[] asked : List.of(
                    new String[] {"catalog"},
                    new String[] {"catalog.shop"},
                    new String[] {"catalog.shop.svc.cluster.local"},
                    new String[] {"shop", "catalog"})) {
                WhyView why = endpoint.service(asked);
                assertThat(why.decision()).startsWith("requests to Service shop/catalog that Remora sees are balanced");
                assertThat(Objects.requireNonNull(why.service()).ports()).hasSize(1);
            }
            assertThat(endpoint.service("nowhere").decision())
                    .isEqualTo("it goes where its name leads: no Service shop/nowhere is known");
            assertThat(endpoint.service("api.example.com").decision())
                    .isEqualTo("it goes where its name leads: no Service can be called so");
        });
    }

    @Test
    void itSaysWhereOnlyTheNodesOwnProxyCanBalance() {
        ServicePort port = ServicePort.tcp("http", 80);
        ServiceSnapshot local = new ServiceSnapshot(
                new ServiceId("shop", "local"),
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.10")))
                        .ports(List.of(port))
                        .internalTrafficPolicy(TrafficPolicy.LOCAL)
                        .build(),
                Map.of(port.key(), List.of(Endpoint.ready(IpAddress.parse("10.244.0.5"), 8080))),
                null);
        runner.withPropertyValues(
                        "management.endpoints.web.exposure.include=remora",
                        "remora.enabled=true",
                        "remora.namespace=shop")
                .withBean(DiscoverySource.class, () -> new StaticDiscoverySource(List.of(local)))
                .run(context -> {
                    awaitSync(context);
                    assertThat(context.getBean(RemoraEndpoint.class)
                                    .service("local")
                                    .decision())
                            .startsWith("it goes where its name leads: only the node's own proxy can balance")
                            .contains("remora.node");
                });
    }

    @Test
    void healthIsUnknownUntilTheFirstSyncAndUpFromThenOnWhateverTheApiServerDoes() {
        FlakySource source = new FlakySource();
        runner.withBean(DiscoverySource.class, () -> source)
                .withPropertyValues("remora.enabled=true")
                .run(context -> {
                    RemoraHealthIndicator health = context.getBean(RemoraHealthIndicator.class);
                    Health before = health.health();
                    assertThat(before.getStatus()).isEqualTo(Status.UNKNOWN);
                    assertThat(before.getDetails())
                            .containsEntry("state", "starting")
                            .containsEntry("problem", "no route");

                    source.sync();
                    awaitSync(context);
                    Health after = health.health();
                    assertThat(after.getStatus()).isEqualTo(Status.UP);
                    assertThat(after.getDetails())
                            .containsEntry("state", "stale")
                            .containsEntry("ageSeconds", 12.5)
                            .containsEntry("problem", "no route");
                });
    }

    @Test
    void healthCanBeSwitchedOff() {
        shop.withPropertyValues("management.health.remora.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(RemoraHealthIndicator.class));
    }

    @Test
    void requestsAreCountedWhereThereIsARegistryOfMeters() {
        shop.withBean(SimpleMeterRegistry.class).run(context -> {
            awaitSync(context);
            begin(context.getBean(RequestBalancer.class), "catalog").end(Outcome.SUCCESS);

            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(meters.get("remora.requests")
                            .tags("namespace", "shop", "service", "catalog")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("remora.picks")
                            .tag("outcome", "success")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("remora.services").gauge().value()).isEqualTo(2);
            assertThat(meters.find("remora.connections.accepted").meter()).isNull();
        });
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(RemoraAutoConfiguration.class, RemoraMetricsAutoConfiguration.class))
                .withPropertyValues("remora.services.a.endpoints=127.0.0.1:1")
                .run(context ->
                        assertThat(context).hasSingleBean(Remora.class).doesNotHaveBean(RemoraMeterBinder.class));
    }

    private static RequestAttempt begin(RequestBalancer requests, String service) throws RequestRefusedException {
        ServiceTarget target = ServiceTarget.of(new ServiceId(CATALOG.namespace(), service));
        return requests.begin(Objects.requireNonNull(requests.find(target)), header -> null);
    }

    private static EndpointView endpoint(PortView port, String address) {
        return port.endpoints().stream()
                .filter(each -> each.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitSync(AssertableApplicationContext context) {
        Remora remora = context.getBean(Remora.class);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> remora.registry().snapshot().synced());
    }

    /** An API server that is away, and was there for a moment. */
    private static final class FlakySource implements DiscoverySource {
        private final StaticDiscoverySource delegate = new StaticDiscoverySource(List.of());
        private volatile DiscoverySink sink = events -> {};
        private volatile boolean synced;

        @Override
        public void start(DiscoverySink destination) {
            sink = destination;
        }

        void sync() {
            synced = true;
            delegate.start(sink);
        }

        @Override
        public Interest interest(TransportAddress address) {
            return delegate.interest(address);
        }

        @Override
        public Interest interest(ServiceId service) {
            return delegate.interest(service);
        }

        @Override
        public SourceStatus status() {
            return new SourceStatus(synced, false, Duration.ofMillis(12_500), 0, 0, 0, "no route");
        }

        @Override
        public void close() {
            delegate.close();
        }
    }
}
