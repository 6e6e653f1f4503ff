package io.remora.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.client.RequestAttempt;
import io.remora.client.RequestBalancer;
import io.remora.client.RequestListener;
import io.remora.client.ServiceNames;
import io.remora.client.ServiceTarget;
import io.remora.config.ConfigException;
import io.remora.config.RemoraConfig;
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
import io.remora.embedded.Remora;
import io.remora.kubernetes.KubernetesDiscoverySource;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class RemoraAutoConfigurationTest {

    private static final ServiceId CATALOG = new ServiceId("shop", "catalog");

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RemoraAutoConfiguration.class));

    @Test
    void outsideAClusterNothingIsConfigured() {
        runner.run(context -> assertThat(context).doesNotHaveBean(Remora.class));
    }

    @Test
    void enabledElsewhereItBalancesOverTheApplicationsOwnSource() {
        runner.withUserConfiguration(OwnSource.class)
                .withPropertyValues("remora.enabled=true")
                .run(context -> {
                    assertThat(context).doesNotHaveBean(KubernetesDiscoverySource.class);
                    awaitSync(context.getBean(Remora.class));
                    RequestBalancer requests = context.getBean(RequestBalancer.class);
                    RequestAttempt attempt = requests.begin(
                            Objects.requireNonNull(requests.find(ServiceTarget.of(CATALOG))), header -> null);
                    attempt.end(Outcome.SUCCESS);

                    assertThat(attempt.endpoint()).hasToString("10.244.0.7:8080");
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
                contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]
                current-context: x
                """);
        runner.withPropertyValues(
                        "spring.main.cloud-platform=kubernetes",
                        "remora.kubernetes.kubeconfig=" + kubeconfig,
                        "remora.policy=round-robin")
                .run(context -> {
                    assertThat(context).hasSingleBean(DiscoverySource.class);
                    assertThat(context.getBean(DiscoverySource.class)).isInstanceOf(KubernetesDiscoverySource.class);
                    Remora remora = context.getBean(Remora.class);
                    assertThat(remora.config().balancer().policy()).isEqualTo(BalancerPolicy.ROUND_ROBIN);
                    assertThat(remora.config().kubernetes().namespaces()).containsExactly("shop");
                    assertThat(remora.requests().names().find("catalog")).isEqualTo(CATALOG);
                    assertThat(remora.registry().status().synced()).isFalse();
                });
    }

    @Test
    void onKubernetesItCanBeSwitchedOff() {
        runner.withPropertyValues("spring.main.cloud-platform=kubernetes", "remora.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(Remora.class));
    }

    @Test
    void aBadNamespaceStopsTheApplicationAndNamesTheSetting() {
        runner.withPropertyValues("remora.enabled=true", "remora.kubernetes.namespaces=Not_A_Name")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining("remora.kubernetes.namespaces")
                        .hasMessageContaining("Not_A_Name"));
    }

    @Test
    void fixedServicesMakeItActiveAnywhereAndNoApiServerIsAsked() {
        runner.withPropertyValues("remora.services.catalog.endpoints=localhost:9001")
                .run(context -> {
                    assertThat(context.getBean(DiscoverySource.class)).isInstanceOf(StaticDiscoverySource.class);
                    awaitSync(context.getBean(Remora.class));
                    RequestBalancer requests = context.getBean(RequestBalancer.class);
                    DestinationBalancer found = requests.lookUp("catalog", 80)
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS)
                            .orElseThrow();
                    RequestAttempt attempt = requests.begin(found, header -> null);
                    attempt.end(Outcome.SUCCESS);
                    assertThat(attempt.endpoint()).hasToString("127.0.0.1:9001");
                });
        runner.withPropertyValues("remora.services.catalog.endpoints=localhost:9001", "remora.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(Remora.class));
    }

    @Test
    void anUnusableKubeconfigStopsTheApplicationAndNamesTheSetting() {
        runner.withPropertyValues("remora.enabled=true", "remora.kubernetes.kubeconfig=/nonexistent/config")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("ConfigException: remora.kubernetes.kubeconfig"));
    }

    @Test
    void aCircuitBreakerRegistryOfTheApplicationIsUsed() {
        CircuitBreakerRegistry own = CircuitBreakerRegistry.ofDefaults();
        runner.withBean(CircuitBreakerRegistry.class, () -> own)
                .withPropertyValues("remora.breaker.destination=on", "remora.services.catalog.endpoints=localhost:9001")
                .run(context -> {
                    Remora remora = context.getBean(Remora.class);
                    awaitSync(remora);
                    RequestBalancer requests = remora.requests();
                    ServiceTarget target = ServiceTarget.of(new ServiceId("default", "catalog"));
                    requests.begin(Objects.requireNonNull(requests.find(target)), header -> null)
                            .end(Outcome.SUCCESS);
                    assertThat(own.getAllCircuitBreakers()).hasSize(1);
                });
    }

    @Test
    void allListenersHear() {
        List<String> heard = new CopyOnWriteArrayList<>();
        runner.withUserConfiguration(OwnSource.class)
                .withPropertyValues("remora.enabled=true", "remora.outlier.consecutive-failures=1")
                .withBean("requests", RequestListener.class, () -> new RequestListener() {
                    @Override
                    public void began(DestinationId destination) {
                        heard.add("began");
                    }
                })
                .withBean("broken", RequestListener.class, () -> new RequestListener() {
                    @Override
                    public void began(DestinationId destination) {
                        throw new IllegalStateException("broken");
                    }
                })
                .withBean("registry", RegistryListener.class, () -> new RegistryListener() {
                    @Override
                    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
                        heard.add("published");
                    }
                })
                .run(context -> {
                    Remora remora = context.getBean(Remora.class);
                    awaitSync(remora);
                    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> heard.contains("published"));
                    RequestBalancer requests = remora.requests();
                    requests.begin(Objects.requireNonNull(requests.find(ServiceTarget.of(CATALOG))), header -> null)
                            .end(Outcome.SUCCESS);
                    assertThat(heard).contains("began");
                });
    }

    @Test
    void aRemoraOfTheApplicationsOwnIsUsed() {
        Remora own = Remora.builder(
                        RemoraConfig.DEFAULT,
                        new ServiceNames("shop", "cluster.local"),
                        new StaticDiscoverySource(List.of()))
                .build();
        runner.withBean(Remora.class, () -> own)
                .withPropertyValues("remora.enabled=true") // and no API server, which nobody asks for
                .run(context -> {
                    assertThat(context).doesNotHaveBean(DiscoverySource.class);
                    assertThat(context.getBean(RequestBalancer.class)).isSameAs(own.requests());
                    awaitSync(own); // its life is ours to begin
                });
    }

    @Test
    void itStartsBeforeAndStopsAfterEverythingElseOfTheApplication() {
        runner.withPropertyValues("remora.services.catalog.endpoints=localhost:9001")
                .run(context -> {
                    RemoraLifecycle lifecycle = context.getBean(RemoraLifecycle.class);
                    assertThat(lifecycle.getPhase()).isEqualTo(Integer.MIN_VALUE);
                    assertThat(lifecycle.isRunning()).isTrue();
                    lifecycle.stop();
                    assertThat(lifecycle.isRunning()).isFalse();
                    assertThat(context.getBean(Remora.class).registry().snapshot())
                            .isNotNull();
                    lifecycle.start();
                    assertThat(lifecycle.isRunning()).isTrue();
                });
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aMisspeltNameIsLogged(CapturedOutput output) {
        runner.withPropertyValues("remora.services.catalog.endpoints=localhost:9001", "remora.polcy=random")
                .run(context -> assertThat(output)
                        .contains("remora.polcy is no setting and is ignored; did you mean remora.policy?"));
    }

    @Test
    void closingTheContextClosesTheSource() {
        ClosableSource source = new ClosableSource();
        runner.withBean(DiscoverySource.class, () -> source)
                .withPropertyValues("remora.enabled=true")
                .run(context -> assertThat(source.closed).isFalse());

        assertThat(source.closed).isTrue();
    }

    private static void awaitSync(Remora remora) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> remora.registry().snapshot().synced());
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnSource {
        final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

        @Bean
        StaticDiscoverySource source() {
            ServicePort http = ServicePort.tcp("http", 80);
            return new StaticDiscoverySource(List.of(new ServiceSnapshot(
                    CATALOG,
                    ServiceSpec.builder()
                            .clusterIps(List.of(IpAddress.parse("10.96.0.10")))
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
        private volatile boolean closed;

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
