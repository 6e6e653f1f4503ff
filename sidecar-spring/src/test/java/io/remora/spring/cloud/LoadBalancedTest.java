package io.remora.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.balancer.Outcome;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.RetryableRequestContext;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.cloud.loadbalancer.core.RandomLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ReactorLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** What code with {@code @LoadBalanced} gains. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class LoadBalancedTest {

    private static final int CALLS = 40;

    @Test
    void everyKindOfClientReachesThePods() throws IOException {
        try (Server a = new Server("127.0.0.2");
                Server b = new Server("127.0.0.3")) {
            Shop shop = Shop.of(a, b);
            shop.application().withUserConfiguration(Clients.class).run(context -> {
                RestTemplate template = context.getBean(RestTemplate.class);
                RestClient rest = context.getBean(RestClient.Builder.class).build();
                WebClient web = context.getBean(WebClient.Builder.class).build();

                assertThat(seen(() -> template.getForObject("http://catalog/", String.class)))
                        .containsExactlyInAnyOrder(a.name(), b.name());
                assertThat(seen(() -> rest.get()
                                .uri("http://catalog.shop/")
                                .retrieve()
                                .body(String.class)))
                        .containsExactlyInAnyOrder(a.name(), b.name());
                assertThat(seen(() -> text(web, "http://catalog.shop.svc.cluster.local/")
                                .block()))
                        .containsExactlyInAnyOrder(a.name(), b.name());
                assertThat(shop.outcomes).hasSize(3 * CALLS).containsOnly(Outcome.SUCCESS);
                assertThat(Shop.inFlight(context)).isZero();
            });
        }
    }

    @Test
    void aChangeIsSeenAtTheNextCall() throws IOException {
        try (Server a = new Server("127.0.0.2");
                Server b = new Server("127.0.0.3")) {
            Shop shop = Shop.of(a);
            shop.application().withUserConfiguration(Clients.class).run(context -> {
                RestTemplate template = context.getBean(RestTemplate.class);
                assertThat(template.getForObject("http://catalog/", String.class))
                        .isEqualTo(a.name());

                shop.update(context, Shop.service(Shop.CATALOG, Shop.endpoints(b), Shop.HTTP));

                assertThat(template.getForObject("http://catalog/", String.class))
                        .isEqualTo(b.name());
            });
        }
    }

    @Test
    void aCallIsInFlightUntilItIsAnswered() throws IOException {
        try (Server pod = new Server("127.0.0.2")) {
            Shop.of(pod).application().withUserConfiguration(Clients.class).run(context -> {
                RestTemplate template = context.getBean(RestTemplate.class);
                CompletableFuture<String> answer = CompletableFuture.supplyAsync(
                        () -> String.valueOf(template.getForObject("http://catalog/gated", String.class)));
                Awaitility.await().until(() -> pod.entered.getCount() == 0);
                assertThat(Shop.inFlight(context)).isEqualTo(1);

                pod.gate.countDown();

                assertThat(answer.join()).isEqualTo(pod.name());
                assertThat(Shop.inFlight(context)).isZero();
            });
        }
    }

    @Test
    void aReactiveCallThatIsCancelledIsForgottenThoughNobodyTellsItsEnd() throws IOException {
        try (Server pod = new Server("127.0.0.2")) {
            Shop shop = Shop.of(pod);
            shop.application().withUserConfiguration(Clients.class).run(context -> {
                cancelOnce(pod, context);

                Awaitility.await().pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
                    System.gc();
                    assertThat(Shop.inFlight(context)).isZero();
                });
                assertThat(shop.outcomes).containsExactly(Outcome.CANCELLED);
            });
        }
    }

    private static void cancelOnce(Server pod, ApplicationContext context) {
        Disposable call = text(context.getBean(WebClient.Builder.class).build(), "http://catalog/gated")
                .subscribe();
        Awaitility.await().until(() -> pod.entered.getCount() == 0);
        assertThat(Shop.inFlight(context)).isEqualTo(1);
        call.dispose();
    }

    @Test
    void theEndOfACallCountsForItsEndpoint() throws IOException {
        try (Server pod = new Server("127.0.0.2")) {
            Shop shop = Shop.of(pod);
            shop.application().withUserConfiguration(Clients.class).run(context -> {
                RestTemplate template = context.getBean(RestTemplate.class);
                assertThatThrownBy(() -> template.getForObject("http://catalog/sick", String.class))
                        .isInstanceOf(HttpServerErrorException.class);
                assertThat(shop.outcomes).containsExactly(Outcome.SERVER_ERROR);

                shop.outcomes.clear();
                shop.update(context, Shop.service(Shop.CATALOG, List.of(nobody()), Shop.HTTP));
                assertThatThrownBy(() -> template.getForObject("http://catalog/", String.class))
                        .isInstanceOf(ResourceAccessException.class);
                assertThat(shop.outcomes).containsExactly(Outcome.REFUSED);
                assertThat(Shop.inFlight(context)).isZero();
            });
        }
    }

    @Test
    void anEndpointThatRefusesIsEjected() throws IOException {
        try (Server pod = new Server("127.0.0.2")) {
            Shop shop = new Shop(List.of(pod.endpoint(), nobody()));
            shop.application().withUserConfiguration(Clients.class).run(context -> {
                RestTemplate template = context.getBean(RestTemplate.class);
                int failed = 0;
                for (int i = 0; i < 10 * CALLS; i++) {
                    try {
                        template.getForObject("http://catalog/", String.class);
                    } catch (ResourceAccessException e) {
                        failed++;
                    }
                }
                assertThat(failed).isPositive().isLessThan(CALLS);
                LoadBalancerClientFactory factory = context.getBean(LoadBalancerClientFactory.class);
                ServiceInstanceListSupplier list =
                        Objects.requireNonNull(factory.getInstance("catalog", ServiceInstanceListSupplier.class));
                assertThat(list.get().blockFirst())
                        .extracting(ServiceInstance::getHost)
                        .containsExactly("127.0.0.2");
            });
        }
    }

    @Test
    void anInstanceThatIsChosenByNameAloneDoesNotCount() throws IOException {
        try (Server pod = new Server("127.0.0.2")) {
            Shop shop = Shop.of(pod);
            shop.application().withUserConfiguration(Clients.class).run(context -> {
                ServiceInstance instance =
                        context.getBean(LoadBalancerClient.class).choose("catalog");

                assertThat(instance.getHost()).isEqualTo("127.0.0.2");
                assertThat(instance.getPort()).isEqualTo(pod.endpoint().port());
                assertThat(instance.getUri()).hasToString("http://" + pod.name());
                assertThat(Shop.inFlight(context)).isZero();
                assertThat(shop.outcomes).isEmpty();
            });
        }
    }

    @Test
    void aCallThatIsTriedAgainGoesElsewhere() throws IOException {
        try (Server a = new Server("127.0.0.2");
                Server b = new Server("127.0.0.3")) {
            Shop.of(a, b).application().run(context -> {
                ReactiveLoadBalancer<ServiceInstance> balancer = balancer(context, "catalog");
                for (int i = 0; i < CALLS; i++) {
                    ServiceInstance first = choose(balancer, new RetryableRequestContext(null));
                    ServiceInstance second = choose(balancer, new RetryableRequestContext(first));
                    assertThat(second.getPort()).isNotEqualTo(first.getPort());
                }
            });
        }
    }

    @Test
    void tlsGoesByTheServicesNameWhichIsWhatItVerifies() throws IOException {
        try (Server pod = new Server("127.0.0.2")) {
            Shop shop = new Shop(List.of());
            shop.application().run(context -> {
                shop.update(
                        context,
                        Shop.service(Shop.CATALOG, Shop.endpoints(pod), Shop.HTTP, ServicePort.tcp("https", 443)));
                ReactiveLoadBalancer<ServiceInstance> balancer = balancer(context, "catalog");

                ServiceInstance secure = choose(balancer, asking("https://catalog/"));
                assertThat(secure.getUri()).hasToString("https://catalog.shop.svc.cluster.local:443");
                ServiceInstance plain = choose(balancer, asking("http://catalog/"));
                assertThat(plain.getUri()).hasToString("http://" + pod.name());
            });
        }
    }

    @Test
    void aServiceWithoutEndpointsHasNoInstance() {
        Shop shop = new Shop(List.of());
        shop.application().withUserConfiguration(Clients.class).run(context -> {
            RestTemplate template = context.getBean(RestTemplate.class);
            assertThatThrownBy(() -> template.getForObject("http://catalog/", String.class))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("No instances available for catalog");
        });
    }

    @Test
    void whatIsNoServiceOfTheClusterIsLeftToOthers() throws IOException {
        try (Server elsewhere = new Server("127.0.0.2")) {
            new Shop(List.of())
                    .application()
                    .withUserConfiguration(Clients.class)
                    .withPropertyValues(
                            "spring.cloud.discovery.client.simple.instances.legacy[0].uri=http://" + elsewhere.name())
                    .run(context -> assertThat(
                                    context.getBean(RestTemplate.class).getForObject("http://legacy/", String.class))
                            .isEqualTo(elsewhere.name()));
        }
    }

    @Test
    void aLoadBalancerOfTheApplicationStaysAndHasAFreshList() throws IOException {
        try (Server a = new Server("127.0.0.2");
                Server b = new Server("127.0.0.3")) {
            Shop shop = Shop.of(a);
            shop.application()
                    .withUserConfiguration(Clients.class, OwnChoice.class)
                    .run(context -> {
                        assertThat(balancer(context, "catalog")).isInstanceOf(RandomLoadBalancer.class);
                        RestTemplate template = context.getBean(RestTemplate.class);
                        assertThat(template.getForObject("http://catalog/", String.class))
                                .isEqualTo(a.name());

                        shop.update(context, Shop.service(Shop.CATALOG, Shop.endpoints(b), Shop.HTTP));

                        assertThat(template.getForObject("http://catalog/", String.class))
                                .isEqualTo(b.name());
                    });
        }
    }

    @Test
    void anotherConfigurationOfSpringCloudStays(CapturedOutput output) throws IOException {
        try (Server pod = new Server("127.0.0.2")) {
            Shop.of(pod)
                    .application()
                    .withUserConfiguration(Clients.class)
                    .withPropertyValues("spring.cloud.loadbalancer.configurations=zone-preference")
                    .run(context -> {
                        Shop.balancer(context, Shop.CATALOG);
                        assertThat(balancer(context, "catalog")).isNotInstanceOf(RemoraLoadBalancer.class);
                        assertThat(context.getBean(RestTemplate.class).getForObject("http://catalog/", String.class))
                                .isEqualTo(pod.name()); // from the discovery client
                        assertThat(output).contains("as spring.cloud.loadbalancer.configurations has it");
                    });
        }
    }

    @Test
    void itIsSwitchedOffByAProperty() {
        new Shop(List.of())
                .application()
                .withPropertyValues("remora.cloud.enabled=false")
                .run(context -> {
                    assertThat(context)
                            .doesNotHaveBean(CallLifecycle.class)
                            .doesNotHaveBean(RemoraDiscoveryClient.class)
                            .doesNotHaveBean(RemoraReactiveDiscoveryClient.class);
                    assertThat(balancer(context, "catalog")).isNotInstanceOf(RemoraLoadBalancer.class);
                });
    }

    @Test
    void servicesOfOtherNamespacesHaveTheirOwnNames() throws IOException {
        try (Server pod = new Server("127.0.0.2")) {
            Shop shop = new Shop(List.of());
            shop.application().withUserConfiguration(Clients.class).run(context -> {
                ServiceId stock = new ServiceId("depot", "stock");
                shop.update(context, Shop.service(stock, Shop.endpoints(pod), Shop.HTTP));
                assertThat(context.getBean(RestTemplate.class).getForObject("http://stock.depot/", String.class))
                        .isEqualTo(pod.name());
            });
        }
    }

    private static Set<String> seen(Supplier<String> call) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < CALLS; i++) {
            names.add(call.get());
        }
        return names;
    }

    private static Mono<String> text(WebClient client, String url) {
        return client.get().uri(url).retrieve().bodyToMono(String.class);
    }

    private static ReactiveLoadBalancer<ServiceInstance> balancer(ApplicationContext context, String service) {
        return Objects.requireNonNull(
                context.getBean(LoadBalancerClientFactory.class).getInstance(service));
    }

    private static ServiceInstance choose(
            ReactiveLoadBalancer<ServiceInstance> balancer, RetryableRequestContext context) {
        Response<ServiceInstance> response =
                Mono.from(balancer.choose(new DefaultRequest<>(context))).block();
        return Objects.requireNonNull(Objects.requireNonNull(response).getServer());
    }

    private static RetryableRequestContext asking(String url) {
        return new RetryableRequestContext(
                null,
                new RequestData(
                        HttpMethod.GET,
                        URI.create(url),
                        new HttpHeaders(),
                        new LinkedMultiValueMap<>(),
                        new java.util.HashMap<>()));
    }

    /** Where nobody listens. */
    private static Endpoint nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return Endpoint.ready(IpAddress.parse("127.0.0.9"), socket.getLocalPort());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Clients {

        @Bean
        @LoadBalanced
        RestTemplate template() {
            return new RestTemplate();
        }

        @Bean
        @LoadBalanced
        RestClient.Builder rest() {
            return RestClient.builder();
        }

        @Bean
        @LoadBalanced
        WebClient.Builder web() {
            return WebClient.builder();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @LoadBalancerClients(defaultConfiguration = OwnBalancer.class)
    static class OwnChoice {}

    static class OwnBalancer {

        @Bean
        ReactorLoadBalancer<ServiceInstance> random(Environment environment, LoadBalancerClientFactory factory) {
            String name = LoadBalancerClientFactory.getName(environment);
            return new RandomLoadBalancer(factory.getLazyProvider(name, ServiceInstanceListSupplier.class), name);
        }
    }
}
