package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.Pod;
import io.remora.lab.process.LabProcess;
import io.remora.lab.sidecar.Sidecar;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What an application sees of its connections to Services: they are spread, and TCP is kept whole. */
@ParameterizedClass
@MethodSource("io.remora.lab.e2e.Jdk#all")
@SuppressWarnings("NullAway.Init")
class TrafficIT {
    private static Cluster cluster;
    private static Sidecar sidecar;
    private static Pod near;
    private static Pod far;
    private static Pod farther;

    @Parameter
    Jdk jdk;

    @BeforeParameterizedClassInvocation
    static void start(Jdk jdk) {
        cluster = Cluster.start();
        near = cluster.server("near", "node-a");
        far = cluster.server("far", "node-b");
        farther = cluster.server("farther", "node-b");
        sidecar = Sidecar.inject(cluster.lab(), cluster.client(), Cluster.config(jdk));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void nothingIsInFlight() {
        Cluster.assertNothingInFlight(sidecar);
    }

    @Test
    void theAgentHasNoPrivileges() {
        assertThat(sidecar.process().status("Uid:").split("\\s+", -1)).containsOnly("1337");
        assertThat(sidecar.process().status("CapEff:")).matches("0+");
        assertThat(sidecar.process().status("CapBnd:")).matches("0+");
        assertThat(sidecar.process().status("NoNewPrivs:")).isEqualTo("1");
        assertThat(sidecar.admin().get("/metrics")).contains("java=\"" + jdk.feature());
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void connectionsSpreadOverAllEndpoints(String family) {
        Target target = cluster.service(sidecar, "spread-" + lower(family), Cluster.HTTP, near, far, farther);
        JsonNode result = cluster.run("connect", "--target", target.of(family), "--count", "300", "--concurrency", "8");
        assertThat(result.path("failed").asInt()).as("%s", result).isZero();
        for (Pod pod : List.of(near, far, farther)) {
            assertThat(result.path("answers").path(pod.name()).asInt())
                    .as("%s", result)
                    .isGreaterThan(50);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void theServerMaySpeakFirst(String family) {
        Target target = cluster.service(sidecar, "greeting-" + lower(family), Cluster.GREETING, far);
        JsonNode result = cluster.run("connect", "--target", target.of(family), "--protocol", "greeting");
        assertThat(result.path("answers").path("far").asInt()).as("%s", result).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void theClientMayEndItsOutputFirst(String family) {
        Target target = cluster.service(sidecar, "echo-" + lower(family), Cluster.ECHO, far);
        JsonNode result = cluster.run("half-close", "--target", target.of(family), "--bytes", "3000000");
        assertThat(result.path("ok").asBoolean()).as("%s", result).isTrue();
        assertThat(result.path("bytes").asLong()).isEqualTo(3_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void theServerMayEndItsOutputFirst(String family) {
        Pod pod = cluster.lab().addPod("half-" + lower(family), "node-b");
        LabProcess server = cluster.serve(pod, "--half", Cluster.HALF);
        Target target = cluster.service(sidecar, "half-" + lower(family), Cluster.HALF, pod);
        JsonNode result =
                cluster.run("half-close", "--target", target.of(family), "--bytes", "3000000", "--first", "server");
        assertThat(result.path("ok").asBoolean()).as("%s", result).isTrue();
        assertThat(server.awaitLog("^half-closed", Cluster.GENEROUS))
                .endsWith("received 3000000 bytes crc " + result.path("crc").asLong());
        pod.delete();
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void aResetArrivesAfterTheBytesBeforeIt(String family) {
        Target target = cluster.service(sidecar, "reset-" + lower(family), Cluster.RESET, far);
        for (int i = 0; i < 3; i++) {
            JsonNode result = cluster.run("reset", "--target", target.of(family));
            assertThat(result.path("bytes").asLong()).as("%s", result).isEqualTo(8192);
            assertThat(result.path("reset").asBoolean()).as("%s", result).isTrue();
        }
    }

    private static String lower(String family) {
        return family.equals("IPv4") ? "v4" : "v6";
    }
}
