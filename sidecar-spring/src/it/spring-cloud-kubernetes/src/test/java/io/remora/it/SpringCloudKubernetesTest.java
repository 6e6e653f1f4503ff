package io.remora.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Version;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.remora.lab.api.EmbeddedControlPlane;
import io.remora.lab.api.ServiceTemplate;
import io.remora.lab.api.SliceTemplate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;

/** Remora watches and balances with the fabric8 that Spring Cloud Kubernetes brings, and that works as before. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "spring.main.cloud-platform=kubernetes",
            "spring.cloud.kubernetes.client.namespace=shop",
            "remora.namespace=shop"
        })
@Timeout(120)
class SpringCloudKubernetesTest {

    private static final List<HttpServer> PODS = new ArrayList<>();
    private static EmbeddedControlPlane api;

    @Autowired
    private RestClient.Builder clients;

    @Autowired
    private DiscoveryClient discovery;

    @DynamicPropertySource
    static void cluster(DynamicPropertyRegistry registry) throws IOException {
        api = EmbeddedControlPlane.launch();
        api.admin()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("shop")
                        .endMetadata()
                        .build())
                .create();
        api.admin().resource(ServiceTemplate.named("shop", "catalog").port("http", 80, 8080).build()).create();
        addPod();
        addPod();
        registry.add("remora.kubernetes.kubeconfig", () -> api.localKubeconfig().toString());
        registry.add("spring.cloud.kubernetes.client.master-url", () -> api.localUrl().toString());
        registry.add("spring.cloud.kubernetes.client.oauth-token", () -> api.adminToken());
    }

    @AfterAll
    static void close() {
        PODS.forEach(pod -> pod.stop(0));
        api.close();
    }

    @Test
    void bothWorkWithTheOlderKubernetesClient() throws IOException {
        assertThat(Version.clientVersion()).startsWith("7.4.");

        RestClient catalog = clients.baseUrl("http://catalog").build();
        assertThat(answers(catalog)).containsOnlyKeys("pod 0 for catalog", "pod 1 for catalog");
        assertThat(discovery.getServices()).contains("catalog");
        awaitInstances();

        addPod();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(answers(catalog))
                        .containsOnlyKeys("pod 0 for catalog", "pod 1 for catalog", "pod 2 for catalog"));
        awaitInstances();
    }

    private void awaitInstances() {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(discovery.getInstances("catalog"))
                        .extracting(ServiceInstance::getHost)
                        .containsExactlyInAnyOrderElementsOf(hosts()));
    }

    private static Map<String, Integer> answers(RestClient client) {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            answers.merge(client.get().uri("/").retrieve().body(String.class), 1, Integer::sum);
        }
        return answers;
    }

    private static List<String> hosts() {
        return PODS.stream().map(pod -> pod.getAddress().getHostString()).toList();
    }

    /** Serves HTTP on an address of its own, as an endpoint of the Service. */
    private static void addPod() throws IOException {
        int port = PODS.isEmpty() ? 0 : PODS.get(0).getAddress().getPort();
        HttpServer pod = HttpServer.create(new InetSocketAddress("127.0.0." + (2 + PODS.size()), port), 0);
        String name = "pod " + PODS.size();
        pod.createContext("/", exchange -> {
            byte[] body = (name + " for " + exchange.getRequestHeaders().getFirst("Host"))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        pod.start();
        PODS.add(pod);
        SliceTemplate slice = SliceTemplate.of("shop", "catalog", "catalog-1", "IPv4")
                .port("http", pod.getAddress().getPort());
        for (String host : hosts()) {
            slice = slice.ready(host);
        }
        api.admin().resource(slice.build()).createOr(NonDeletingOperation::update);
        api.admin().resource(endpoints()).createOr(NonDeletingOperation::update);
    }

    /** What the control plane makes of the same pods, and Spring Cloud Kubernetes reads. */
    private static Endpoints endpoints() {
        return new EndpointsBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("catalog")
                .endMetadata()
                .addNewSubset()
                .withAddresses(hosts().stream()
                        .map(host -> new EndpointAddressBuilder().withIp(host).build())
                        .toList())
                .addNewPort()
                .withName("http")
                .withPort(PODS.get(0).getAddress().getPort())
                .endPort()
                .endSubset()
                .build();
    }
}
