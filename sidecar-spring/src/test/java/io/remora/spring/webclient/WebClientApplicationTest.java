package io.remora.spring.webclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.remora.balancer.OutcomeListener;
import io.remora.spring.RemoraAutoConfiguration;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;

/** What an application has of it, and what stays as it was. */
@ExtendWith(OutputCaptureExtension.class)
class WebClientApplicationTest {

    private final Shop shop = new Shop();

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void anHttpServiceClientIsBalanced() {
        try (Pod pod = Pod.at("127.0.0.2")) {
            shop.service("catalog", 8080, List.of(pod.endpoint()));
            Application.in(shop)
                    .withUserConfiguration(CatalogClients.class)
                    .withPropertyValues("spring.http.serviceclient.catalog.base-url=http://catalog.shop.svc:8080")
                    .run(context -> {
                        assertThat(context.getBean(CatalogApi.class).name()).isEqualTo(pod.name());
                        assertThat(pod.hosts).containsExactly("catalog.shop.svc:8080");
                    });
        }
    }

    @Test
    void theTagsOfAnObservationAreTheServices() {
        Tags tags = new Tags();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(tags);
        try (Pod pod = Pod.at("127.0.0.2")) {
            shop.service("catalog", 80, List.of(pod.endpoint()));
            Application.in(shop)
                    .withConfiguration(AutoConfigurations.of(WebClientObservationAutoConfiguration.class))
                    .withBean(ObservationRegistry.class, () -> registry)
                    .run(context -> {
                        get(context, "http://catalog/");
                        assertThat(tags.seen)
                                .contains(
                                        KeyValue.of("client.name", "catalog"),
                                        KeyValue.of("http.url", "http://catalog/"),
                                        KeyValue.of("status", "200"))
                                .noneMatch(tag -> tag.getValue().contains("127.0.0."));
                    });
        }
    }

    @Test
    void aHostThatIsNoServiceIsLeftAlone() {
        try (Pod plain = Pod.at("127.0.0.1");
                Pod pod = Pod.at("127.0.0.2")) {
            shop.service("catalog", plain.port(), List.of(pod.endpoint()));
            shop.service("localhost", 1, List.of(pod.endpoint()));
            Application.in(shop).run(context -> {
                // An address, and a Service that has no such port.
                assertThat(get(context, "http://127.0.0.1:" + plain.port() + "/"))
                        .isEqualTo(plain.name());
                assertThat(get(context, "http://localhost:" + plain.port() + "/"))
                        .isEqualTo(plain.name());
                assertThat(shop.outcomes).isEmpty();
            });
        }
    }

    @Test
    void itCanBeSwitchedOff() {
        try (Pod clusterIp = Pod.at("127.0.0.1");
                Pod pod = Pod.at("127.0.0.2")) {
            shop.service("localhost", clusterIp.port(), List.of(pod.endpoint()));
            Application.in(shop)
                    .withPropertyValues("remora.http.enabled=false")
                    .run(context -> assertThat(get(context, "http://localhost:" + clusterIp.port() + "/"))
                            .isEqualTo(clusterIp.name()));
        }
    }

    @Test
    void anAddressThatTheApplicationForbidsIsNotDialled() {
        try (Pod clusterIp = Pod.at("127.0.0.1");
                Pod pod = Pod.at("127.0.0.2")) {
            shop.service("localhost", clusterIp.port(), List.of(pod.endpoint()));
            Application.in(shop).run(context -> {
                ClientHttpConnector connector = context.getBean(ClientHttpConnectorBuilder.class)
                        .build(HttpClientSettings.defaults()
                                .withInetAddressFilter(
                                        address -> address.getHostAddress().equals("127.0.0.1")));
                WebClient client =
                        WebClient.builder().clientConnector(connector).build();
                assertThat(get(client, "http://localhost:" + clusterIp.port() + "/"))
                        .isEqualTo(clusterIp.name());
                assertThat(shop.active("localhost", clusterIp.port())).isZero();
                assertThat(pod.connections).hasValue(0);
            });
        }
    }

    @Test
    void aFilterOfAddressesThatFailsCostsNothingButTheRequest() {
        try (Pod pod = Pod.at("127.0.0.2")) {
            shop.service("catalog", 80, List.of(pod.endpoint()));
            Application.in(shop)
                    .withBean(InetAddressFilter.class, () -> address -> {
                        throw new IllegalStateException("of the application");
                    })
                    .run(context -> {
                        WebClient client = context.getBean(WebClient.Builder.class)
                                .clientConnector(context.getBean(ClientHttpConnectorBuilder.class)
                                        .build(HttpClientSettings.defaults()
                                                .withInetAddressFilter(context.getBean(InetAddressFilter.class))))
                                .build();
                        assertThatThrownBy(() -> get(client, "http://catalog/"))
                                .hasStackTraceContaining("of the application");
                    });
            assertThat(shop.active("catalog", 80)).isZero();
        }
    }

    @Test
    void whoeverCustomizesConnectorsSeesTheApplicationsOwn() {
        AtomicReference<ClientHttpConnector> seen = new AtomicReference<>();
        try (Pod pod = Pod.at("127.0.0.2")) {
            shop.service("catalog", 80, List.of(pod.endpoint()));
            Application.in(shop).run(context -> {
                ClientHttpConnectorBuilder<?> builder = context.getBean(ClientHttpConnectorBuilder.class);
                WebClient client = WebClient.builder()
                        .clientConnector(builder.withCustomizer(seen::set).build(HttpClientSettings.defaults()))
                        .build();
                assertThat(get(client, "http://catalog/")).isEqualTo(pod.name());
                assertThat(seen.get()).isInstanceOf(ReactorClientHttpConnector.class);
            });
        }
    }

    @Test
    void whatRemoraIsMadeOfMayHaveAClientOfItsOwn() {
        try (Pod pod = Pod.at("127.0.0.2")) {
            new ApplicationContextRunner()
                    .withConfiguration(Application.CLIENTS)
                    .withConfiguration(AutoConfigurations.of(RemoraAutoConfiguration.class))
                    .withUserConfiguration(Listening.class)
                    .withPropertyValues(
                            "remora.namespace=shop", "remora.services.catalog.endpoints=127.0.0.2:" + pod.port())
                    .run(context -> assertThat(get(context.getBean(WebClient.class), "http://catalog/"))
                            .isEqualTo(pod.name()));
            assertThat(pod.hosts).containsOnly("catalog");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {
        @Bean
        WebClient client(WebClient.Builder builder) {
            return builder.build();
        }

        @Bean
        OutcomeListener listener(WebClient client) {
            return (endpoint, outcome) -> assertThat(client).isNotNull();
        }
    }

    @Test
    void aConnectorThatTheApplicationMadeByItselfKeepsTheClusterIpAndIsNamed(CapturedOutput output) {
        try (Pod clusterIp = Pod.at("127.0.0.1");
                Pod pod = Pod.at("127.0.0.2")) {
            shop.service("localhost", clusterIp.port(), List.of(pod.endpoint()));
            Application.in(shop)
                    .withBean("mine", ReactorClientHttpConnector.class, ReactorClientHttpConnector::new)
                    .run(context -> {
                        assertThat(get(context, "http://localhost:" + clusterIp.port() + "/"))
                                .isEqualTo(clusterIp.name());
                        assertThat(output)
                                .contains("requests of this connector keep the ClusterIP")
                                .contains("mine");
                    });
        }
    }

    @Test
    void aBuilderThatIsDeclaredAsItselfStaysWhatItIs(CapturedOutput output) {
        Application.in(shop)
                .withBean("typed", ReactorClientHttpConnectorBuilder.class, ClientHttpConnectorBuilder::reactor)
                .run(context -> {
                    assertThat(context).hasSingleBean(ReactorClientHttpConnectorBuilder.class);
                    assertThat(output).contains("declare it as ClientHttpConnectorBuilder<?>");
                });
    }

    private static String get(ApplicationContext context, String url) {
        return get(context.getBean(WebClient.Builder.class).build(), url);
    }

    private static String get(WebClient client, String url) {
        return Objects.requireNonNull(client.get()
                .uri(URI.create(url))
                .retrieve()
                .bodyToMono(String.class)
                .block(TestWait.LIMIT));
    }

    interface CatalogApi {

        @GetExchange("/")
        String name();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "catalog", types = CatalogApi.class, clientType = ClientType.WEB_CLIENT)
    static class CatalogClients {}

    private static final class Tags implements ObservationHandler<Observation.Context> {
        final List<KeyValue> seen = new CopyOnWriteArrayList<>();

        @Override
        public void onStop(Observation.Context context) {
            context.getAllKeyValues().forEach(seen::add);
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }
}
