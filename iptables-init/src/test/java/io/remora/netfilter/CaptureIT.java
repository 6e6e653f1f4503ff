package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of connections: a "capture" peer listens in the pod, a "direct" one at all addresses of the world. */
class CaptureIT {

    private static final String AS_AGENT_USER = "setpriv --reuid 1337 --regid 1000 --clear-groups";
    private static final String AS_AGENT_GROUP = "setpriv --reuid 1000 --regid 1337 --clear-groups";
    private static final String AS_APP = "setpriv --reuid 1000 --regid 1000 --clear-groups";

    private final Namespaces namespaces = new Namespaces();

    @BeforeEach
    void start() {
        namespaces.start();
        namespaces
                .world()
                .output("for a in 10.96.0.9 10.96.0.1 10.96.0.53 10.200.0.9 fd00:10:96::9 fd00:20::9; do "
                        + "ip addr add $a dev lo; done");
        namespaces.world().peer("greet", "::", 80, "direct");
        namespaces.world().peer("greet", "::", 25, "direct");
        // UDP answers come from the address that was asked only if the socket is bound to it.
        namespaces.world().peer("greet", "10.96.0.9", 5353, "direct");
        namespaces.world().peer("greet", "fd00:10:96::9", 5353, "direct");
        namespaces.pod().peer("greet", "127.0.0.1", 15001, "captured");
        namespaces.pod().peer("greet", "::1", 15001, "captured");
        namespaces.pod().peer("greet", "127.0.0.1", 80, "loopback");
    }

    @AfterEach
    void stop() {
        namespaces.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void tcpToServicesIsCapturedAndNothingElseIs(String backend) {
        TestNamespace pod = namespaces.pod();
        assertThat(pod.dial("", "tcp", "10.96.0.9", 80)).as("without rules").isEqualTo("direct");
        TestNamespace.Ended init = pod.initBy(
                        "env KUBERNETES_SERVICE_HOST=10.96.0.1",
                        "--service-cidr",
                        "10.96.0.0/16,fd00:10:96::/112",
                        "--exclude-cidr",
                        "10.96.0.53",
                        "--exclude-port",
                        "25",
                        "--backend",
                        backend)
                .expect(ExitCode.OK);
        assertThat(init.out()).contains("where the agent listens already");

        assertThat(pod.dial("", "tcp", "10.96.0.9", 80)).as("as root").isEqualTo("captured");
        assertThat(pod.dial(AS_APP, "tcp", "10.96.0.9", 80)).as("as the app").isEqualTo("captured");
        assertThat(pod.dial(AS_APP, "tcp", "fd00:10:96::9", 80)).as("IPv6").isEqualTo("captured");
        assertThat(pod.dial(AS_APP, "tcp", "10.96.200.200", 4711))
                .as("no such Service")
                .isEqualTo("captured");

        assertThat(pod.dial(AS_AGENT_USER, "tcp", "10.96.0.9", 80))
                .as("the agent's user")
                .isEqualTo("direct");
        assertThat(pod.dial(AS_AGENT_GROUP, "tcp", "10.96.0.9", 80))
                .as("the agent's group")
                .isEqualTo("direct");
        assertThat(pod.dial(AS_AGENT_USER, "tcp", "fd00:10:96::9", 80))
                .as("the agent, IPv6")
                .isEqualTo("direct");
        assertThat(pod.dial("", "udp", "10.96.0.9", 5353)).as("UDP").isEqualTo("direct");
        assertThat(pod.dial("", "udp", "fd00:10:96::9", 5353)).as("UDP, IPv6").isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "10.200.0.9", 80)).as("a pod IP").isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "fd00:20::9", 80)).as("a pod IP, IPv6").isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "10.96.0.1", 80)).as("the API server").isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "10.96.0.53", 80)).as("an excluded CIDR").isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "10.96.0.9", 25)).as("an excluded port").isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "127.0.0.1", 80)).as("loopback").isEqualTo("loopback");

        pod.init("--cleanup").expect(ExitCode.OK);
        assertThat(pod.dial(AS_APP, "tcp", "10.96.0.9", 80)).as("after cleanup").isEqualTo("direct");
        assertThat(pod.dial(AS_APP, "tcp", "fd00:10:96::9", 80))
                .as("after cleanup, IPv6")
                .isEqualTo("direct");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void onlyIncludedPortsAreCapturedAndAnAddressOfThisPodIsNot(String backend) {
        TestNamespace pod = namespaces.pod();
        pod.output("ip addr add 10.96.0.77/32 dev lo");
        pod.peer("greet", "10.96.0.77", 80, "own");
        pod.init("--service-cidr", "10.96.0.0/16", "--include-port", "80", "--backend", backend)
                .expect(ExitCode.OK);
        assertThat(pod.dial("", "tcp", "10.96.0.9", 80)).isEqualTo("captured");
        assertThat(pod.dial("", "tcp", "10.96.0.9", 25)).isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "10.96.0.77", 80)).isEqualTo("own");
    }
}
