package io.remora.lab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What becomes of Pods that the fake kubelet reports, whoever writes the EndpointSlices. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class SliceContract {
    private static final AtomicInteger SERIAL = new AtomicInteger();

    private ControlPlane plane;
    private AutoCloseable controller;
    private KubernetesClient client;
    private FakeKubelet kubelet;
    private String namespace;

    abstract ControlPlane launch();

    /** Starts what writes the slices. */
    abstract AutoCloseable startController(ControlPlane launched);

    ControlPlane plane() {
        return plane;
    }

    @BeforeAll
    void start() {
        plane = launch();
        client = plane.admin();
        controller = startController(plane);
        kubelet = new FakeKubelet(client);
        kubelet.registerNode("node-1", "zone-a", "10.0.0.11");
        kubelet.registerNode("node-2", "zone-b", "10.0.0.12");
    }

    @AfterAll
    void stop() throws Exception {
        if (controller != null) {
            controller.close();
        }
        if (plane != null) {
            plane.close();
        }
    }

    @BeforeEach
    void createNamespace() {
        namespace = "slices-" + SERIAL.incrementAndGet();
        LabObjects.createNamespace(client, namespace);
    }

    private void pod(String name, String node, int port, String... addresses) {
        kubelet.createPod(new PodTemplate(namespace, name, "web", node, Map.of("http", port)));
        kubelet.running(namespace, name, addresses);
    }

    private List<EndpointSlice> slices() {
        return client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .withLabel("kubernetes.io/service-name", "web")
                .list()
                .getItems();
    }

    private void eventually(Consumer<List<EndpointSlice>> expected) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> expected.accept(slices()));
    }

    private static Endpoint only(List<EndpointSlice> slices) {
        assertThat(slices).hasSize(1);
        assertThat(slices.get(0).getEndpoints()).hasSize(1);
        return slices.get(0).getEndpoints().get(0);
    }

    @Test
    void anEndpointCarriesWhatIsKnownOfItsPod() {
        client.resource(ServiceTemplate.named(namespace, "web")
                        .selecting("web")
                        .port("http", 80, "http")
                        .build())
                .create();
        pod("web-1", "node-1", 8080, "10.244.1.2");
        String uid = client.pods()
                .inNamespace(namespace)
                .withName("web-1")
                .get()
                .getMetadata()
                .getUid();
        eventually(slices -> {
            Endpoint endpoint = only(slices);
            assertThat(endpoint.getAddresses()).containsExactly("10.244.1.2");
            assertThat(endpoint.getConditions().getReady()).isTrue();
            assertThat(endpoint.getConditions().getServing()).isTrue();
            assertThat(endpoint.getConditions().getTerminating()).isFalse();
            assertThat(endpoint.getNodeName()).isEqualTo("node-1");
            assertThat(endpoint.getZone()).isEqualTo("zone-a");
            assertThat(endpoint.getTargetRef().getName()).isEqualTo("web-1");
            assertThat(endpoint.getTargetRef().getUid()).isEqualTo(uid);
            EndpointSlice slice = slices.get(0);
            assertThat(slice.getAddressType()).isEqualTo("IPv4");
            assertThat(slice.getMetadata().getAnnotations())
                    .containsKey("endpoints.kubernetes.io/last-change-trigger-time");
            EndpointPort port = slice.getPorts().get(0);
            assertThat(port.getName()).isEqualTo("http");
            assertThat(port.getPort()).isEqualTo(8080);
            assertThat(port.getProtocol()).isEqualTo("TCP");
        });
    }

    @Test
    void readinessAndTerminationShowInTheConditions() {
        client.resource(ServiceTemplate.named(namespace, "web")
                        .selecting("web")
                        .port("http", 80, 8080)
                        .build())
                .create();
        pod("web-1", "node-1", 8080, "10.244.1.3");
        eventually(slices -> assertThat(only(slices).getConditions().getReady()).isTrue());
        kubelet.ready(namespace, "web-1", false);
        eventually(slices -> {
            assertThat(only(slices).getConditions().getReady()).isFalse();
            assertThat(only(slices).getConditions().getServing()).isFalse();
        });
        kubelet.ready(namespace, "web-1", true);
        kubelet.terminate(namespace, "web-1");
        eventually(slices -> {
            assertThat(only(slices).getConditions().getReady()).isFalse();
            assertThat(only(slices).getConditions().getServing()).isTrue();
            assertThat(only(slices).getConditions().getTerminating()).isTrue();
        });
        kubelet.remove(namespace, "web-1");
        eventually(slices -> assertThat(slices)
                .allSatisfy(slice -> assertThat(slice.getEndpoints()).isNullOrEmpty()));
    }

    @Test
    void podsWhoseNamedPortsDifferGetSlicesOfTheirOwn() {
        client.resource(ServiceTemplate.named(namespace, "web")
                        .selecting("web")
                        .port("http", 80, "http")
                        .build())
                .create();
        pod("web-1", "node-1", 8080, "10.244.1.4");
        pod("web-2", "node-2", 9090, "10.244.2.4");
        eventually(slices -> {
            assertThat(slices).hasSize(2);
            assertThat(slices)
                    .extracting(slice -> slice.getPorts().get(0).getPort())
                    .containsExactlyInAnyOrder(8080, 9090);
        });
    }

    @Test
    void aDualStackServiceHasSlicesOfBothFamilies() {
        client.resource(ServiceTemplate.named(namespace, "web")
                        .selecting("web")
                        .port("http", 80, 8080)
                        .dualStack()
                        .build())
                .create();
        pod("web-1", "node-1", 8080, "10.244.1.5", "fd00:10:244:1::5");
        eventually(slices -> {
            assertThat(slices).extracting(EndpointSlice::getAddressType).containsExactlyInAnyOrder("IPv4", "IPv6");
            assertThat(slices)
                    .flatExtracting(EndpointSlice::getEndpoints)
                    .flatExtracting(endpoint -> endpoint.getAddresses())
                    .containsExactlyInAnyOrder("10.244.1.5", "fd00:10:244:1::5");
        });
    }

    @Test
    void notReadyAddressesArePublishedWhenTheServiceSaysSo() {
        client.resource(ServiceTemplate.named(namespace, "web")
                        .selecting("web")
                        .port("http", 80, 8080)
                        .publishNotReadyAddresses()
                        .build())
                .create();
        kubelet.createPod(new PodTemplate(namespace, "web-1", "web", "node-1", Map.of("http", 8080)));
        kubelet.runningNotReady(namespace, "web-1", "10.244.1.6");
        eventually(slices -> assertThat(only(slices).getConditions().getReady()).isTrue());
    }

    @Test
    void trafficDistributionGivesZoneHints() {
        client.resource(new ServiceBuilder(ServiceTemplate.named(namespace, "web")
                                .selecting("web")
                                .port("http", 80, 8080)
                                .build())
                        .editSpec()
                        .withTrafficDistribution("PreferSameZone")
                        .endSpec()
                        .build())
                .create();
        pod("web-1", "node-1", 8080, "10.244.1.7");
        pod("web-2", "node-2", 8080, "10.244.2.7");
        eventually(slices -> assertThat(slices)
                .flatExtracting(EndpointSlice::getEndpoints)
                .extracting(each -> each.getHints().getForZones().get(0).getName())
                .containsExactlyInAnyOrder("zone-a", "zone-b"));
    }

    @Test
    void aPodThatEndedIsNoEndpoint() {
        client.resource(ServiceTemplate.named(namespace, "web")
                        .selecting("web")
                        .port("http", 80, 8080)
                        .build())
                .create();
        pod("web-1", "node-1", 8080, "10.244.1.8");
        pod("web-2", "node-1", 8080, "10.244.1.9");
        eventually(slices ->
                assertThat(slices).flatExtracting(EndpointSlice::getEndpoints).hasSize(2));
        kubelet.ended(namespace, "web-1", false);
        eventually(slices -> assertThat(only(slices).getAddresses()).containsExactly("10.244.1.9"));
    }
}
