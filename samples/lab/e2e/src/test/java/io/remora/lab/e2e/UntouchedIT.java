package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.Pod;
import io.remora.lab.sidecar.Sidecar;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What Remora must leave as it was. One address of each service CIDR, of which no Service has it, is led to a pod by the
 * client's node, as another proxy might do.
 */
@SuppressWarnings("NullAway.Init")
class UntouchedIT {
    private static final Target FOREIGN = new Target("foreign", List.of("10.96.200.200", "fd00:96::c8c8"), 0);
    private static final int DNS = 53;

    private static Cluster cluster;
    private static Sidecar sidecar;
    private static Pod pod;

    @BeforeAll
    static void start() {
        cluster = Cluster.start();
        pod = cluster.lab().addPod("outside", "node-b");
        cluster.serve(pod, "--http", Cluster.HTTP, "--greeting", DNS, "--udp", DNS);
        redirect("iptables", "10.96.200.200", pod.ip());
        redirect("ip6tables", "fd00:96::c8c8", pod.ip6());
        sidecar = Sidecar.inject(cluster.lab(), cluster.client(), Cluster.config(Jdk.newest()));
    }

    private static void redirect(String program, String from, String to) {
        cluster.lab()
                .node("node-a")
                .exec(program, "-w", "-t", "nat", "-A", "PREROUTING", "-d", from, "-j", "DNAT", "--to-destination", to)
                .orThrow();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void nothingIsInFlight() {
        Cluster.assertNothingInFlight(sidecar);
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void anAddressThatNoServiceHasIsPassedThrough(String family) {
        double before = sidecar.admin().metric("remora_connections_opened_total", "service=\"-\"");
        JsonNode result = cluster.run("connect", "--target", at(FOREIGN, family, Cluster.HTTP), "--count", "20");
        assertThat(result.path("answers").path("outside").asInt())
                .as("%s", result)
                .isEqualTo(20);
        assertThat(sidecar.admin().metric("remora_connections_opened_total", "service=\"-\"") - before)
                .isEqualTo(20);
    }

    @Test
    void anAddressThatNobodyHasFailsAsItWouldWithout() {
        JsonNode result = cluster.run("connect", "--target", "10.96.200.201:80", "--protocol", "greeting");
        assertThat(result.path("failed").asInt()).as("%s", result).isEqualTo(1);
        assertThat(result.path("errors").toString()).containsAnyOf("reset", "unreachable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void aPodsOwnAddressIsNotCaptured(String family) {
        double before = sidecar.admin().metric("remora_connections_accepted_total");
        Target direct = new Target("outside", pod.ips(), Cluster.HTTP);
        JsonNode result = cluster.run("connect", "--target", direct.of(family), "--count", "20");
        assertThat(result.path("answers").path("outside").asInt())
                .as("%s", result)
                .isEqualTo(20);
        assertThat(sidecar.admin().metric("remora_connections_accepted_total")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void udpIsNotCaptured(String family) {
        double before = sidecar.admin().metric("remora_connections_accepted_total");
        for (Target target : List.of(FOREIGN, new Target("outside", pod.ips(), 0))) {
            JsonNode result = cluster.run("udp", "--target", at(target, family, DNS), "--count", "10");
            assertThat(result.path("answers").path("outside").asInt())
                    .as("%s", result)
                    .isEqualTo(10);
        }
        assertThat(sidecar.admin().metric("remora_connections_accepted_total")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void dnsOverTcpReachesItsServer(String family) {
        for (Target target : List.of(FOREIGN, new Target("outside", pod.ips(), 0))) {
            JsonNode result = cluster.run("connect", "--target", at(target, family, DNS), "--protocol", "greeting");
            assertThat(result.path("answers").path("outside").asInt())
                    .as("%s", result)
                    .isEqualTo(1);
        }
    }

    private static String at(Target target, String family, int port) {
        return new Target(target.name(), target.addresses(), port).of(family);
    }
}
