package io.remora.lab.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The lab's own slice writer on the embedded API server. */
class EndpointSliceWriterTest extends SliceContract {

    @Override
    ControlPlane launch() {
        return EmbeddedControlPlane.launch();
    }

    @Override
    AutoCloseable startController(ControlPlane launched) {
        return new EndpointSliceWriter(launched.admin(), EndpointSliceWriter.MAX_ENDPOINTS);
    }

    @Test
    void aSliceHoldsNoMoreThanItsMaximum() {
        try (ControlPlane plane = EmbeddedControlPlane.launch();
                EndpointSliceWriter writer = new EndpointSliceWriter(plane.admin(), 2)) {
            FakeKubelet kubelet = new FakeKubelet(plane.admin());
            plane.admin()
                    .resource(ServiceTemplate.named("default", "web")
                            .selecting("web")
                            .port("http", 80, 8080)
                            .build())
                    .create();
            for (int i = 1; i <= 5; i++) {
                kubelet.createPod(new PodTemplate("default", "web-" + i, "web", "node-1", Map.of()));
                kubelet.running("default", "web-" + i, "10.244.1." + i);
            }
            writer.sync("default", "web");
            List<EndpointSlice> slices = plane.admin()
                    .discovery()
                    .v1()
                    .endpointSlices()
                    .inNamespace("default")
                    .withLabel("kubernetes.io/service-name", "web")
                    .list()
                    .getItems();
            assertThat(slices).extracting(slice -> slice.getEndpoints().size()).containsExactlyInAnyOrder(2, 2, 1);
        }
    }
}
