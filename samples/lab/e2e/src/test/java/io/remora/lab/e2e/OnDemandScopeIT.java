package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.remora.lab.Pod;
import io.remora.lab.sidecar.Sidecar;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Scope on-demand: the first connection to a Service has it looked up and watched, and no other Service is. */
@SuppressWarnings("NullAway.Init")
class OnDemandScopeIT {
    private static Cluster cluster;
    private static Sidecar sidecar;
    private static Pod near;
    private static Pod far;

    @BeforeAll
    static void start() {
        cluster = Cluster.start();
        assumeTrue(cluster.lab().controlPlane().isReal(), "the embedded API server has no IPAddress objects");
        near = cluster.server("near", "node-a");
        far = cluster.server("far", "node-b");
        for (String name : List.of("used", "unused")) {
            cluster.service(name, Cluster.HTTP, near, far);
        }
        sidecar = Sidecar.inject(
                cluster.lab(),
                cluster.client(),
                Cluster.config(Jdk.newest()).env("REMORA_KUBERNETES_SCOPE", "on-demand"));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void theFirstConnectionFindsItsServiceInBothFamiliesAndChangesAreFollowed() {
        Target target = target("used");
        JsonNode first = cluster.run("connect", "--target", target.v4(), "--count", "20", "--concurrency", "4");
        assertThat(first.path("ok").asInt()).as("%s", first).isEqualTo(20);
        assertThat(first.path("answers").propertyNames()).as("%s", first).containsExactlyInAnyOrder("near", "far");
        JsonNode sixth = cluster.run("connect", "--target", target.of("IPv6"), "--count", "20");
        assertThat(sixth.path("ok").asInt()).as("%s", sixth).isEqualTo(20);
        assertThat(sidecar.destinations("used")).as("both families are known").hasSize(2);
        assertThat(sidecar.destinations("unused")).as("nobody connected to it").isEmpty();

        cluster.lab().services().endpoints("used", List.of(far));
        Cluster.awaitEndpoints(sidecar, "used", far);
        JsonNode after = cluster.run("connect", "--target", target.v4(), "--count", "20");
        assertThat(after.path("answers").path("far").asInt()).as("%s", after).isEqualTo(20);
        Cluster.assertNothingInFlight(sidecar);
    }

    private static Target target(String name) {
        return new Target(
                name,
                cluster.lab()
                        .controlPlane()
                        .admin()
                        .services()
                        .inNamespace("default")
                        .withName(name)
                        .require()
                        .getSpec()
                        .getClusterIPs(),
                80);
    }
}
