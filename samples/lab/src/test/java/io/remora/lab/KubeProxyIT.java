package io.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.api.model.Service;
import io.remora.lab.api.KubernetesPrograms;
import io.remora.lab.api.ServiceTemplate;
import io.remora.lab.app.Apps;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Traffic without Remora: the real API server, EndpointSlice controller and kube-proxy. */
class KubeProxyIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @BeforeEach
    void needsTheRealPrograms() {
        LabRequirements.check();
        if (!Boolean.getBoolean("remora.test.require.apiserver")) {
            assumeThat(KubernetesPrograms.fromEnvironment())
                    .as("KUBEBUILDER_ASSETS names the folder of the real Kubernetes programs")
                    .isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClusterIpReachesItsPods(KubeProxyMode mode) {
        try (Lab lab = Lab.start()) {
            lab.kubelet().registerNodes();
            lab.startControllers();
            Node node = lab.node("node-a");
            lab.startKubeProxy(node, mode);
            List<Pod> pods = new ArrayList<>();
            for (String name : List.of("web-near", "web-far")) {
                Pod pod = lab.addPod(name, name.equals("web-near") ? "node-a" : "node-b");
                LabProcess server = pod.start(Apps.app("serve", "--name", name, "--http", "8080"));
                server.awaitLog("^serving$", LIMIT);
                lab.kubelet().run(pod, "web", Map.of("http", 8080));
                pods.add(pod);
            }
            Service service = lab.controlPlane()
                    .admin()
                    .resource(ServiceTemplate.named("default", "web")
                            .selecting("web")
                            .port("main", 80, "http")
                            .dualStack()
                            .build())
                    .create();
            Pod client = lab.addPod("client", "node-a");
            for (String clusterIp : service.getSpec().getClusterIPs()) {
                String address = clusterIp.contains(":") ? "[" + clusterIp + "]" : clusterIp;
                awaitBoth(client, address);
                // A pod may reach itself through its Service, which takes the hairpin on the bridge.
                awaitBoth(pods.get(0), address);
            }
        }
    }

    private static void awaitBoth(Pod client, String address) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        ExecResult result;
        do {
            result = client.exec(Apps.app(
                    "connect",
                    "--target",
                    address + ":80",
                    "--count",
                    "40",
                    "--timeout-ms",
                    "2000",
                    "--concurrency",
                    "4"));
        } while (!(result.ok()
                        && result.out().contains("web-near\":")
                        && result.out().contains("web-far\":"))
                && System.nanoTime() < deadline);
        assertThat(result.out()).contains("\"ok\":40").contains("web-near\":").contains("web-far\":");
    }
}
