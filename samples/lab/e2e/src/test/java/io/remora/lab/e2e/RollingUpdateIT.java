package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.KubeProxyMode;
import io.remora.lab.Lab;
import io.remora.lab.Pod;
import io.remora.lab.api.ServiceTemplate;
import io.remora.lab.process.LabProcess;
import io.remora.lab.sidecar.Sidecar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Three pods are replaced one after the other under load, with slices that the real controller writes where it is there: a
 * client with Remora, and next to it one without, whose connections the node's kube-proxy spreads.
 */
class RollingUpdateIT {
    private static final Duration LOAD = Duration.ofSeconds(25);
    /** How long a server still serves after its pod began to terminate: answers under way are done by then. */
    private static final Duration GRACE = Duration.ofMillis(300);

    private final Map<Pod, LabProcess> servers = new LinkedHashMap<>();

    @Test
    void aRollingUpdateUnderLoadFailsNoConnection() {
        try (Cluster cluster = Cluster.start()) {
            Lab lab = cluster.lab();
            lab.startControllers();
            List<Pod> old = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                old.add(run(cluster, "web-" + i, i == 2 ? "node-b" : "node-a"));
            }
            lab.controlPlane()
                    .admin()
                    .resource(ServiceTemplate.named("default", "web")
                            .selecting("web")
                            .port("http", 80, Cluster.HTTP)
                            .build())
                    .create();
            Target target = new Target(
                    "web",
                    lab.controlPlane()
                            .admin()
                            .services()
                            .inNamespace("default")
                            .withName("web")
                            .require()
                            .getSpec()
                            .getClusterIPs(),
                    80);
            Sidecar sidecar = Sidecar.inject(lab, cluster.client(), Cluster.config(Jdk.newest()));
            sidecar.await(
                    "three endpoints are used",
                    Cluster.GENEROUS,
                    () -> sidecar.eligible("web", "IPv4").size() == 3);
            Pod plain = null;
            if (lab.controlPlane().isReal()) {
                lab.startKubeProxy(lab.node("node-a"), KubeProxyMode.NFTABLES);
                plain = lab.addPod("plain", "node-a");
            }

            LabProcess load = load(cluster.client(), target);
            LabProcess loadWithout = plain == null ? null : load(plain, target);
            load.awaitLog("\"answer\"", Cluster.GENEROUS);
            for (int i = 0; i < 3; i++) {
                replace(cluster, sidecar, old.get(i), "web-" + (i + 4), i == 1 ? "node-b" : "node-a");
            }
            load.awaitExit(Cluster.GENEROUS);

            JsonNode result = last(load);
            System.out.println("rolling update with Remora:    " + result);
            if (loadWithout != null) {
                loadWithout.awaitExit(Cluster.GENEROUS);
                System.out.println("rolling update without Remora: " + last(loadWithout));
            }
            assertThat(result.path("failed").asInt()).as("%s", result).isZero();
            assertThat(result.path("answers").propertyNames())
                    .as("the new pods took over: %s", result)
                    .contains("web-4", "web-5", "web-6");
            Cluster.assertNothingInFlight(sidecar);
        }
    }

    private Pod run(Cluster cluster, String name, String node) {
        Pod pod = cluster.lab().addPod(name, node);
        servers.put(pod, cluster.serve(pod, "--http", Cluster.HTTP));
        cluster.lab().kubelet().run(pod, "web", Map.of());
        return pod;
    }

    /** As a Deployment with maxUnavailable 0: the new pod is ready, the old one terminates and ends a moment later. */
    private void replace(Cluster cluster, Sidecar sidecar, Pod old, String name, String node) {
        Pod fresh = run(cluster, name, node);
        sidecar.await(
                name + " is used",
                Cluster.GENEROUS,
                () -> sidecar.eligible("web", "IPv4").contains(fresh.ip() + ":" + Cluster.HTTP));
        cluster.lab().kubelet().terminate(old);
        LockSupport.parkNanos(GRACE.toNanos());
        LabProcess server = servers.remove(old);
        if (server != null) {
            server.kill();
        }
        cluster.lab().kubelet().gone(old);
    }

    private static LabProcess load(Pod pod, Target target) {
        return pod.start(Cluster.clientOf(
                "connect",
                "--target",
                target.v4(),
                "--interval-ms",
                "5",
                "--duration-ms",
                Long.toString(LOAD.toMillis()),
                "--each",
                "true"));
    }

    private static JsonNode last(LabProcess load) {
        List<String> lines = load.log().lines().toList();
        return Cluster.json(lines.get(lines.size() - 1));
    }
}
