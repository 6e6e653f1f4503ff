package io.remora.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
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
import io.remora.outlier.HealthListener;
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
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class RemoraAutoConfigurationTest {

    private static final ServiceId CATALOG = new ServiceId("shop", "catalog");

    /** Port 9 (discard) on loopback: nobody listens there. */
    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
            users: [{name: u, user: {}}]
            contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]
            current-context: x
            """;

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
        Path kubeconfig = Files.writeString(folder.resolve("config"), KUBECONFIG);
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
    void itKnowsAPodByItsEnvironment(@TempDir Path folder) throws Exception {
        Path kubeconfig = Files.writeString(folder.resolve("config"), KUBECONFIG);
        Map<String, Object> variables = Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", "9");
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new SystemEnvironmentPropertySource(
                                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)))
                .withPropertyValues("remora.kubernetes.kubeconfig=" + kubeconfig)
                .run(context -> assertThat(context.getBean(DiscoverySource.class))
                        .isInstanceOf(KubernetesDiscoverySource.class));
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
    void allListenersHearWhateverOthersDo() {
        List<String> heard = new CopyOnWriteArrayList<>();
        runner.withBean(
                        DiscoverySource.class,
                        () -> source(
                                Endpoint.ready(IpAddress.parse("10.244.0.7"), 8080),
                                Endpoint.ready(IpAddress.parse("10.244.0.8"), 8080))) // one of two may be ejected
                .withPropertyValues("remora.enabled=true", "remora.outlier.consecutive-failures=1")
                .withBean("first", RequestListener.class, () -> new RequestListener() {
                    @Override
                    public void began(DestinationId destination) {
                        heard.add("began");
                        throw new IllegalStateException("broken");
                    }
                })
                .withBean("second", RequestListener.class, () -> new RequestListener() {
                    @Override
                    public void began(DestinationId destination) {
                        heard.add("began");
                    }
                })
                .withBean("outcomes", OutcomeListener.class, () -> (endpoint, outcome) -> heard.add("ended " + outcome))
                .withBean("health", HealthListener.class, () -> new HealthListener() {
                    @Override
                    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
                        heard.add("ejected by " + rule.label());
                    }
                })
                .withBean("registry", RegistryListener.class, () -> new RegistryListener() {
                    @Override
                    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
                        changes.forEach(change -> heard.add("published"));
                    }
                })
                .run(context -> {
                    Remora remora = context.getBean(Remora.class);
                    awaitSync(remora);
                    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> heard.contains("published"));
                    RequestBalancer requests = remora.requests();
                    requests.begin(Objects.requireNonNull(requests.find(ServiceTarget.of(CATALOG))), header -> null)
                            .end(Outcome.REFUSED);
                    assertThat(heard)
                            .containsExactlyInAnyOrder(
                                    "published", "began", "began", "ended REFUSED", "ejected by consecutive_failures");
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
        List<String> heard = new CopyOnWriteArrayList<>();
        runner.withPropertyValues("remora.services.catalog.endpoints=localhost:9001")
                .withInitializer(context -> context.addBeanFactoryPostProcessor(beans -> beans.registerSingleton(
                        "early",
                        new Early(
                                heard,
                                () -> context.getBean(RemoraLifecycle.class).isRunning()))))
                .run(context -> assertThat(heard).containsExactly("started beside Remora: true"));
        assertThat(heard).containsExactly("started beside Remora: true", "stopped beside Remora: true");
    }

    @Test
    void aContextThatIsPausedGoesOnToWatch() {
        runner.withPropertyValues("remora.services.catalog.endpoints=localhost:9001")
                .run(context -> {
                    Remora remora = context.getBean(Remora.class);
                    awaitSync(remora);
                    context.stop();
                    assertThat(context.getBean(RemoraLifecycle.class).isRunning())
                            .isFalse();
                    RequestBalancer requests = context.getBean(RequestBalancer.class);
                    ServiceTarget catalog = ServiceTarget.of(new ServiceId("default", "catalog"));
                    requests.begin(Objects.requireNonNull(requests.find(catalog)), header -> null)
                            .end(Outcome.SUCCESS);
                    context.start();
                    assertThat(context.getBean(RemoraLifecycle.class).isRunning())
                            .isTrue();
                });
    }

    /** As early as anything but Remora can start. */
    private record Early(List<String> heard, BooleanSupplier remora) implements SmartLifecycle {

        @Override
        public void start() {
            heard.add("started beside Remora: " + remora.getAsBoolean());
        }

        @Override
        public void stop() {
            heard.add("stopped beside Remora: " + remora.getAsBoolean());
        }

        @Override
        public boolean isRunning() {
            return heard.size() == 1;
        }

        @Override
        public int getPhase() {
            return Integer.MIN_VALUE + 1;
        }
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

    private static StaticDiscoverySource source(Endpoint... endpoints) {
        ServicePort http = ServicePort.tcp("http", 80);
        return new StaticDiscoverySource(List.of(new ServiceSnapshot(
                CATALOG,
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.10")))
                        .ports(List.of(http))
                        .build(),
                Map.of(http.key(), List.of(endpoints)),
                null)));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnSource {
        final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

        @Bean
        StaticDiscoverySource source() {
            return RemoraAutoConfigurationTest.source(Endpoint.ready(IpAddress.parse("10.244.0.7"), 8080));
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
