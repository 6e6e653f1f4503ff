package io.remora.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
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
import io.remora.discovery.TransportAddress;
import io.remora.kubernetes.KubernetesDiscoverySource;
import io.remora.registry.Destination;
import io.remora.registry.ServiceRegistry;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class RemoraAutoConfigurationTest {

    private static final TransportAddress CATALOG = TransportAddress.tcp(IpAddress.parse("10.96.0.10"), 80);

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RemoraAutoConfiguration.class));

    @Test
    void outsideAClusterNothingIsConfigured() {
        runner.run(context -> assertThat(context).doesNotHaveBean(ServiceRegistry.class));
    }

    @Test
    void enabledElsewhereItBalancesOverTheApplicationsOwnSource() {
        runner.withUserConfiguration(OwnSource.class)
                .withPropertyValues("remora.enabled=true")
                .run(context -> {
                    assertThat(context).doesNotHaveBean(KubernetesDiscoverySource.class);
                    ServiceRegistry registry = context.getBean(ServiceRegistry.class);
                    Destination catalog =
                            Objects.requireNonNull(registry.snapshot().find(CATALOG));
                    Pick pick = Objects.requireNonNull(Objects.requireNonNull(
                                    context.getBean(BalancerRegistry.class).find(catalog))
                            .pick(new PickContext(new Random(1))));
                    pick.complete(Outcome.SUCCESS);

                    assertThat(pick.endpoint()).hasToString("10.244.0.7:8080");
                    assertThat(context.getBean(OwnSource.class).outcomes).containsExactly(Outcome.SUCCESS);
                });
    }

    @Test
    void onKubernetesItWatchesTheApiServerAndStartsAlsoWhileThatIsAway(@TempDir Path folder) throws Exception {
        // Port 9 (discard) on loopback: nobody listens there.
        Path kubeconfig = Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
                users: [{name: u, user: {}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """);
        runner.withPropertyValues(
                        "spring.main.cloud-platform=kubernetes",
                        "remora.kubernetes.kubeconfig=" + kubeconfig,
                        "remora.policy=round-robin")
                .run(context -> {
                    assertThat(context).hasSingleBean(KubernetesDiscoverySource.class);
                    assertThat(context.getBean(RemoraProperties.class).policy()).isEqualTo(BalancerPolicy.ROUND_ROBIN);
                    assertThat(context.getBean(ServiceRegistry.class).status().synced())
                            .isFalse();
                });
    }

    @Test
    void withoutAPolicyTheBalancersDefaultHoldsAndIsWhatTheMetadataSays() throws Exception {
        runner.withUserConfiguration(OwnSource.class)
                .withPropertyValues("remora.enabled=true")
                .run(context -> assertThat(
                                context.getBean(RemoraProperties.class).policyOrDefault())
                        .isEqualTo(BalancerPolicy.DEFAULT));

        try (InputStream metadata = Objects.requireNonNull(
                RemoraProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
            Map<String, Object> read = JsonParserFactory.getJsonParser()
                    .parseMap(new String(metadata.readAllBytes(), StandardCharsets.UTF_8));
            assertThat((List<?>) read.get("properties"))
                    .filteredOn(
                            property -> property instanceof Map<?, ?> map && "remora.policy".equals(map.get("name")))
                    .singleElement(InstanceOfAssertFactories.map(String.class, Object.class))
                    .containsEntry("type", BalancerPolicy.class.getName())
                    .containsEntry("defaultValue", BalancerPolicy.DEFAULT.text())
                    .containsEntry("description", "How an endpoint is chosen.");
        }
    }

    @Test
    void onKubernetesItCanBeSwitchedOff() {
        runner.withPropertyValues("spring.main.cloud-platform=kubernetes", "remora.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ServiceRegistry.class));
    }

    @Test
    void aBadNamespaceStopsTheApplicationAndNamesTheSetting() {
        runner.withPropertyValues("remora.enabled=true", "remora.kubernetes.namespaces=Not_A_Name")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("remora.kubernetes.namespaces")
                        .hasMessageContaining("Not_A_Name"));
    }

    @Test
    void aRegistryOfTheApplicationsOwnIsNotStartedTwice() {
        ServiceRegistry own = new ServiceRegistry(new StaticDiscoverySource(List.of()), List.of(), Runnable::run);
        own.start();
        runner.withBean(ServiceRegistry.class, () -> own)
                .withBean(DiscoverySource.class, () -> new StaticDiscoverySource(List.of()))
                .withPropertyValues("remora.enabled=true")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(ServiceRegistry.class)).isSameAs(own);
                });
    }

    @Test
    void closingTheContextClosesTheSource() {
        ClosableSource source = new ClosableSource();
        runner.withBean(DiscoverySource.class, () -> source)
                .withPropertyValues("remora.enabled=true")
                .run(context -> assertThat(source.closed).isFalse());

        assertThat(source.closed).isTrue();
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnSource {
        final List<Outcome> outcomes = new ArrayList<>();

        @Bean
        StaticDiscoverySource source() {
            ServicePort http = ServicePort.tcp("http", 80);
            return new StaticDiscoverySource(List.of(new ServiceSnapshot(
                    new ServiceId("shop", "catalog"),
                    ServiceSpec.builder()
                            .clusterIps(List.of(CATALOG.ip()))
                            .ports(List.of(http))
                            .build(),
                    Map.of(http.key(), List.of(Endpoint.ready(IpAddress.parse("10.244.0.7"), 8080))),
                    null)));
        }

        @Bean
        OutcomeListener outcomeListener() {
            return (endpoint, outcome) -> outcomes.add(outcome);
        }
    }

    private static final class ClosableSource implements DiscoverySource {
        private final StaticDiscoverySource delegate = new StaticDiscoverySource(List.of());
        private boolean closed;

        @Override
        public void start(DiscoverySink sink) {
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
            return delegate.status();
        }

        @Override
        public void close() {
            closed = true;
            delegate.close();
        }
    }
}
