package io.remora.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.remora.balancer.OutcomeListener;
import io.remora.client.RequestBalancer;
import io.remora.spring.RemoraAutoConfiguration;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** The clients that Spring Boot configures, as an application gets them. */
@Timeout(60)
class RemoraHttpClientAutoConfigurationTest {

    private static final AutoConfigurations AUTO = AutoConfigurations.of(
            RemoraHttpClientAutoConfiguration.class,
            HttpClientAutoConfiguration.class,
            ImperativeHttpClientAutoConfiguration.class,
            RestClientAutoConfiguration.class,
            RestTemplateAutoConfiguration.class,
            HttpServiceClientPropertiesAutoConfiguration.class,
            HttpServiceClientAutoConfiguration.class);

    private List<Pod> pods = List.of();
    private Cluster cluster = new Cluster(List.of(), List.of());

    @BeforeEach
    void start() throws IOException {
        pods = List.of(Pod.plain("127.0.0.2"), Pod.plain("127.0.0.3"));
        cluster.close();
        cluster = Cluster.of(pods, List.of());
    }

    @AfterEach
    void stop() {
        cluster.close();
        pods.forEach(Pod::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-components", "reactor", "jetty"})
    void balancesEveryClientOfAnApplication(String factory) {
        runner().withUserConfiguration(Clients.class)
                .withPropertyValues(
                        "spring.http.clients.imperative.factory=" + factory,
                        "spring.http.serviceclient.catalog.base-url=http://catalog.shop")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    RestClient client =
                            context.getBean(RestClient.Builder.class).build();
                    CatalogApi api = context.getBean(CatalogApi.class);
                    for (int i = 0; i < 10; i++) {
                        assertThat(hello(client)).startsWith("hello");
                        assertThat(context.getBean(RestTemplateBuilder.class)
                                        .build()
                                        .getForObject("http://catalog/template", String.class))
                                .startsWith("hello");
                        assertThat(api.get()).startsWith("hello");
                    }

                    assertThat(pods).allSatisfy(pod -> assertThat(pod.seen).isNotEmpty());
                    assertThat(paths())
                            .contains("/hello", "/template", "/service")
                            .hasSize(30);
                    assertThat(cluster.inFlight(80, pods)).isZero();
                });
    }

    @Test
    void withoutAPropertyTheDetectedFactoryIsBalanced() {
        runner().run(context -> assertThat(
                        hello(context.getBean(RestClient.Builder.class).build()))
                .startsWith("hello"));
    }

    @Test
    void switchedOffItLeavesTheClientsAlone() {
        runner().withPropertyValues("remora.http.enabled=false").run(context -> {
            assertThat(context.getBean(ClientHttpRequestFactoryBuilder.class))
                    .isInstanceOf(HttpComponentsClientHttpRequestFactoryBuilder.class);
            RestClient client = context.getBean(RestClient.Builder.class).build();
            assertThatThrownBy(() -> hello(client)).isInstanceOf(ResourceAccessException.class);
        });
    }

    @Test
    void withoutABalancerNothingIsConfigured() {
        new ApplicationContextRunner()
                .withConfiguration(AUTO)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(BalancedBuilderPostProcessor.class));
    }

    @Test
    void whatRemoraIsMadeOfMayHaveAClientOfItsOwn() {
        new ApplicationContextRunner()
                .withConfiguration(AUTO)
                .withConfiguration(AutoConfigurations.of(RemoraAutoConfiguration.class))
                .withUserConfiguration(Listening.class)
                .withPropertyValues(
                        "remora.namespace=shop",
                        "remora.services.catalog.endpoints=" + pods.get(0).hostPort())
                .run(context -> {
                    assertThat(hello(context.getBean(RestClient.class))).startsWith("hello");
                    assertThat(pods.get(0).seen).hasSize(1);
                });
    }

    @Test
    void aBuilderThatIsDeclaredAsItselfStaysWhatItIs() {
        runner().withUserConfiguration(OwnBuilder.class)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(HttpComponentsClientHttpRequestFactoryBuilder.class));
    }

    @Test
    void aReactiveApplicationsRestClientIsBalanced() {
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(AUTO)
                .withBean(RequestBalancer.class, cluster::requests)
                .run(context -> assertThat(
                                hello(context.getBean(RestClient.Builder.class).build()))
                        .startsWith("hello"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-components", "reactor", "jetty"})
    void observationsNameTheServiceAndNotThePod(String factory) {
        Tags tags = new Tags();
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(tags);
        runner().withPropertyValues("spring.http.clients.imperative.factory=" + factory)
                .run(context -> {
                    RestClient client = context.getBean(RestClient.Builder.class)
                            .observationRegistry(observations)
                            .build();

                    assertThat(hello(client)).startsWith("hello");
                    assertThat(tags.stopped.stream().map(KeyValue::getValue))
                            .contains("catalog.shop", "http://catalog.shop/hello")
                            .noneMatch(value -> value.contains("127.0.0."));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-components", "reactor", "jetty"})
    void worksInVirtualThreads(String factory) throws Exception {
        Method start = Stream.of(Thread.class.getMethods())
                .filter(method -> method.getName().equals("startVirtualThread"))
                .findFirst()
                .orElse(null);
        assumeTrue(start != null && Runtime.version().feature() >= 21);
        runner().withPropertyValues(
                        "spring.threads.virtual.enabled=true", "spring.http.clients.imperative.factory=" + factory)
                .run(context -> {
                    RestClient client =
                            context.getBean(RestClient.Builder.class).build();
                    CompletableFuture<String> answer = new CompletableFuture<>();
                    Runnable call = () -> {
                        try {
                            answer.complete(hello(client));
                        } catch (RuntimeException e) {
                            answer.completeExceptionally(e);
                        }
                    };
                    Objects.requireNonNull(start).invoke(null, call);
                    assertThat(answer.get(30, TimeUnit.SECONDS)).startsWith("hello");
                });
    }

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AUTO)
                .withBean(RequestBalancer.class, cluster::requests);
    }

    private List<String> paths() {
        return pods.stream()
                .flatMap(pod -> pod.seen.stream())
                .map(Pod.Seen::path)
                .toList();
    }

    private static String hello(RestClient client) {
        return Objects.requireNonNull(
                client.get().uri("http://catalog.shop/hello").retrieve().body(String.class));
    }

    interface CatalogApi {
        @GetExchange("/service")
        String get();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "catalog", types = CatalogApi.class)
    static class Clients {}

    @Configuration(proxyBeanMethods = false)
    static class Listening {
        @Bean
        RestClient client(RestClient.Builder builder) {
            return builder.build();
        }

        @Bean
        OutcomeListener listener(RestClient client) {
            return (endpoint, outcome) -> assertThat(client).isNotNull();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBuilder {
        @Bean
        HttpComponentsClientHttpRequestFactoryBuilder own() {
            return ClientHttpRequestFactoryBuilder.httpComponents();
        }
    }

    /** What was told of the calls. */
    private static final class Tags implements ObservationHandler<ClientRequestObservationContext> {
        private List<KeyValue> stopped = List.of();

        @Override
        public void onStop(ClientRequestObservationContext context) {
            stopped = context.getAllKeyValues().stream().toList();
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof ClientRequestObservationContext;
        }
    }
}
