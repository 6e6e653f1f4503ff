package io.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.remora.lab.api.LabObjects;
import io.remora.lab.api.ServiceTemplate;
import io.remora.lab.process.ExecResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The control plane in the lab's middle, real or embedded, and what the lab tells it. */
class LabServicesIT {
    @Test
    void theApiServerKnowsNodesServicesAndEndpoints() {
        LabRequirements.check();
        try (Lab lab = Lab.start()) {
            lab.kubelet().registerNodes();
            lab.kubelet().registerNodes();
            assertThat(lab.controlPlane().admin().nodes().list().getItems())
                    .extracting(node -> node.getMetadata().getLabels().get("topology.kubernetes.io/zone"))
                    .containsExactlyInAnyOrder("zone-a", "zone-b");

            Pod pod = lab.addPod("web", "node-b");
            Service service = lab.services().create("web", 80, 8080);
            assertThat(service.getSpec().getClusterIPs()).hasSize(2);
            lab.services().endpoints("web", List.of());
            lab.services().endpoints("web", List.of(pod));
            assertThat(slices(lab))
                    .flatExtracting(EndpointSlice::getEndpoints)
                    .flatExtracting(endpoint -> endpoint.getAddresses())
                    .containsExactlyInAnyOrder(pod.ip(), pod.ip6());

            URI url = lab.controlPlane().url();
            ExecResult dialled = pod.exec(
                    "bash", "-c", "exec 3<>/dev/tcp/" + url.getHost() + "/" + url.getPort() + " && echo connected");
            assertThat(dialled.out()).isEqualTo("connected\n");
            lab.services().delete("web");
        }
    }

    @Test
    void aControllerWritesTheSlicesOfSelectedPods() {
        LabRequirements.check();
        try (Lab lab = Lab.start()) {
            lab.kubelet().registerNodes();
            lab.startControllers();
            Pod pod = lab.addPod("web", "node-b");
            lab.kubelet().run(pod, "web", Map.of("http", 8080));
            ServiceTemplate service =
                    ServiceTemplate.named("default", "web").selecting("web").port("main", 80, "http");
            lab.controlPlane().admin().resource(service.build()).create();
            LabObjects.awaitUntil(
                    "the pod is an endpoint",
                    Duration.ofSeconds(30),
                    () -> slices(lab).stream()
                            .flatMap(slice -> slice.getEndpoints().stream())
                            .anyMatch(endpoint -> endpoint.getAddresses().contains(pod.ip())
                                    && endpoint.getConditions().getReady()
                                    && "zone-b".equals(endpoint.getZone())));
            lab.kubelet().ready(pod, false);
            LabObjects.awaitUntil(
                    "the endpoint is not ready",
                    Duration.ofSeconds(30),
                    () -> slices(lab).stream()
                            .flatMap(slice -> slice.getEndpoints().stream())
                            .anyMatch(endpoint -> !endpoint.getConditions().getReady()));
        }
    }

    private static List<EndpointSlice> slices(Lab lab) {
        return lab.controlPlane()
                .admin()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace("default")
                .withLabel("kubernetes.io/service-name", "web")
                .list()
                .getItems();
    }
}
