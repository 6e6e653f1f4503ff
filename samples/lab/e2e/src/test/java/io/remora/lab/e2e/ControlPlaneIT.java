package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.remora.lab.KubeProxyMode;
import io.remora.lab.Pod;
import io.remora.lab.process.LabProcess;
import io.remora.lab.sidecar.Sidecar;
import io.remora.lab.sidecar.SidecarConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The API server may vanish, come back, come back empty, or not be there when the pod starts. */
@SuppressWarnings("NullAway.Init")
class ControlPlaneIT {
    private Cluster cluster;
    private Pod near;
    private Pod far;

    @BeforeEach
    void start() {
        cluster = Cluster.start();
        near = cluster.server("near", "node-a");
        far = cluster.server("far", "node-b");
    }

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void trafficGoesOnWhileTheApiServerIsAwayAndWhenItIsBackWithItsState() {
        Sidecar sidecar = Sidecar.inject(cluster.lab(), cluster.client(), Cluster.config(Jdk.newest()));
        Target target = cluster.service(sidecar, "web", Cluster.HTTP, near, far);
        LabProcess load = cluster.client()
                .start(Cluster.clientOf(
                        "connect",
                        "--target",
                        target.v4(),
                        "--interval-ms",
                        "10",
                        "--duration-ms",
                        "20000",
                        "--each",
                        "true"));
        load.awaitLog("\"answer\"", Cluster.GENEROUS);
        cluster.lab().controlPlane().stop();
        sidecar.await(
                "the age of what it knows is told and grows",
                Cluster.GENEROUS,
                () -> sidecar.admin().metric("remora_watch_age_seconds") > 3
                        && sidecar.admin().metric("remora_watch_connected") == 0);
        assertThat(sidecar.admin().get("/ready")).contains("degraded");
        assertBothServe(target);

        Set<String> seen = new TreeSet<>();
        long restarted = System.nanoTime();
        Thread restart = new Thread(() -> cluster.lab().controlPlane().start());
        restart.start();
        sidecar.await("the watch is back", Cluster.GENEROUS, () -> {
            seen.add(sidecar.eligible("web", "IPv4").toString());
            return !restart.isAlive() && sidecar.admin().metric("remora_watch_connected") == 1;
        });
        for (int i = 0; i < 50; i++) {
            seen.add(sidecar.eligible("web", "IPv4").toString());
            Waits.pause();
        }
        assertThat(seen).as("the endpoints, looked at all the time").hasSize(1);
        load.awaitExit(Cluster.GENEROUS);
        JsonNode whole = Cluster.json(load.awaitLog("\"failed\"", Cluster.GENEROUS));
        assertThat(whole.path("failed").asInt()).as("%s", whole).isZero();

        cluster.lab().services().endpoints("web", List.of(far));
        Cluster.awaitEndpoints(sidecar, "web", far);
        cluster.service(sidecar, "later", Cluster.HTTP, far);
        assertThat(sidecar.admin().metric("remora_watch_age_seconds"))
                .as("heard of since the restart")
                .isLessThan(Duration.ofNanos(System.nanoTime() - restarted).toMillis() / 1000.0);
        Cluster.assertNothingInFlight(sidecar);
    }

    @Test
    void afterAnEmptyRestartTheAgentKnowsWhatTheNewServerKnows() {
        // A ServiceAccount's token does not outlive the server's objects; the administrator's does.
        Path admin = cluster.lab().controlPlane().kubeconfig();
        Sidecar sidecar = Sidecar.inject(
                cluster.lab(), cluster.client(), Cluster.config(Jdk.newest()).kubeconfig(admin));
        cluster.service(sidecar, "old", Cluster.HTTP, near);
        Target kept = cluster.service(sidecar, "web", Cluster.HTTP, near);

        cluster.lab().controlPlane().restartEmpty();
        long up = System.nanoTime();
        Target target = cluster.service("web", Cluster.HTTP, far);
        assertThat(kept.name()).isEqualTo(target.name());
        sidecar.await(
                "the agent knows just what the new server knows",
                Cluster.GENEROUS,
                () -> known(sidecar).equals(existing())
                        && sidecar.eligible("web", "IPv4").equals(List.of(far.ip() + ":" + Cluster.HTTP))
                        && sidecar.eligible("web", "IPv6").equals(List.of("[" + far.ip6() + "]:" + Cluster.HTTP)));
        assertThat(Duration.ofNanos(System.nanoTime() - up)).isLessThan(Duration.ofSeconds(10));
        assertThat(known(sidecar)).doesNotContain("default/old");
        JsonNode result = cluster.run("connect", "--target", target.v4(), "--count", "20");
        assertThat(result.path("answers").path("far").asInt()).as("%s", result).isEqualTo(20);
        Cluster.assertNothingInFlight(sidecar);
    }

    /** Names of Services and the addresses they are dialled at. */
    private static Set<String> known(Sidecar sidecar) {
        Set<String> names = new TreeSet<>();
        for (JsonNode destination : sidecar.admin().json("/services").path("destinations")) {
            for (JsonNode address : destination.path("addresses")) {
                names.add(destination.path("service").asString() + " " + address.asString());
            }
        }
        return names;
    }

    private Set<String> existing() {
        Set<String> names = new TreeSet<>();
        for (Service service : cluster.lab()
                .controlPlane()
                .admin()
                .services()
                .inAnyNamespace()
                .list()
                .getItems()) {
            String name = service.getMetadata().getNamespace() + "/"
                    + service.getMetadata().getName();
            for (String address : service.getSpec().getClusterIPs()) {
                service.getSpec()
                        .getPorts()
                        .forEach(port -> names.add(name + " " + (address.contains(":") ? "[" + address + "]" : address)
                                + ":" + port.getPort()));
            }
        }
        return names;
    }

    @Test
    void aPodThatStartsWhileTheApiServerIsAwayIsDelayedByTheHoldTimeAtMost() {
        boolean kubeProxy = cluster.lab().controlPlane().isReal();
        Target target = cluster.service("web", Cluster.HTTP, far);
        if (kubeProxy) {
            cluster.lab().startKubeProxy(cluster.lab().node("node-a"), KubeProxyMode.IPTABLES);
        }
        SidecarConfig config = Cluster.config(Jdk.newest()).kubeconfig(Sidecar.kubeconfig(cluster.lab()));
        cluster.lab().controlPlane().stop();

        Sidecar sidecar = Sidecar.start(cluster.lab(), cluster.client(), config);
        sidecar.process().awaitLog("(?i)capture|listen", Cluster.GENEROUS);
        JsonNode first = cluster.run("connect", "--target", target.v4(), "--timeout-ms", "20000");
        assertThat(sidecar.admin().status("/ready")).isEqualTo(200);
        assertThat(sidecar.admin().get("/ready")).contains("degraded");
        JsonNode second = cluster.run("connect", "--target", target.v4(), "--timeout-ms", "20000");
        String latency = kubeProxy ? "latencyMicros" : "failureLatencyMicros";
        assertThat(first.path(latency).path("max").asLong())
                .as("the hold time and no more: %s", first)
                .isBetween(1L, 3_800_000L);
        if (kubeProxy) {
            assertThat(first.path("answers").path("far").asInt())
                    .as("%s", first)
                    .isEqualTo(1);
            assertThat(second.path("answers").path("far").asInt())
                    .as("%s", second)
                    .isEqualTo(1);
        } else {
            assertThat(first.path("failed").asInt()).as("%s", first).isEqualTo(1);
            assertThat(second.path("failed").asInt()).as("%s", second).isEqualTo(1);
        }
        assertThat(sidecar.admin().metric("remora_connections_opened_total", "service=\"-\""))
                .isEqualTo(2);

        cluster.lab().controlPlane().start();
        Cluster.awaitEndpoints(sidecar, "web", far);
        JsonNode balanced = cluster.run("connect", "--target", target.v4());
        assertThat(balanced.path("answers").path("far").asInt())
                .as("%s", balanced)
                .isEqualTo(1);
        assertThat(sidecar.admin().metric("remora_picks_total", "service=\"web\""))
                .isEqualTo(1);
        Cluster.assertNothingInFlight(sidecar);
        if (kubeProxy) {
            assertThat(second.path(latency).path("max").asLong())
                    .as("the hold time was over, the agent was ready: %s", second)
                    .isLessThan(1_000_000L);
        }
    }

    private void assertBothServe(Target target) {
        JsonNode result = cluster.run("connect", "--target", target.v4(), "--count", "60");
        assertThat(result.path("answers").path("near").asInt()).as("%s", result).isGreaterThan(5);
        assertThat(result.path("answers").path("far").asInt()).as("%s", result).isGreaterThan(5);
        assertThat(result.path("failed").asInt()).as("%s", result).isZero();
    }
}
