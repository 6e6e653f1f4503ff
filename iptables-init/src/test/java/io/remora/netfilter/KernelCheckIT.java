package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --check} says of a namespace, and that it changes nothing in it. */
class KernelCheckIT {

    private static final String CIDRS = "10.96.0.0/16,fd00:10:96::/112";

    private final Namespaces namespaces = new Namespaces();

    @BeforeEach
    void start() {
        namespaces.start();
    }

    @AfterEach
    void stop() {
        namespaces.close();
    }

    private static TestNamespace.Ended check(TestNamespace pod, String... more) {
        String[] args = new String[more.length + 3];
        args[0] = "--check";
        args[1] = "--service-cidr";
        args[2] = CIDRS;
        System.arraycopy(more, 0, args, 3, more.length);
        return pod.init(args);
    }

    @Test
    void beforeTheInitStepAllIsWellAndNothingIsLeft() {
        TestNamespace pod = namespaces.pod();
        String before = pod.rules();

        assertThat(check(pod, "--refusal", "auto").expect(ExitCode.OK).out())
                .contains(
                        "ok       capabilities  CAP_NET_ADMIN is effective",
                        "ok       user          user 0, which is not the agent's",
                        "ok       backend       nft takes all that the rules need",
                        "ok       refusal       the kernel spreads addresses over ports",
                        "ok       other-rules   neither another mesh's nor a node's rules are here",
                        "ok       rules         IPv4: none of Remora's yet, and no agent",
                        "ok       rules         IPv6: none of Remora's yet, and no agent");
        assertThat(pod.rules()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"nft,auto", "nft,off", "legacy,auto"})
    void afterTheInitStepItsRulesAreFound(String backend, String refusal) {
        TestNamespace pod = namespaces.pod();
        String[] settings = {"--backend", backend, "--refusal", refusal};
        pod.init("--service-cidr", CIDRS, "--backend", backend, "--refusal", refusal)
                .expect(ExitCode.OK);
        String before = pod.rules();

        assertThat(check(pod, settings).expect(ExitCode.OK).out())
                .contains(
                        "ok       rules         IPv4: Remora's are there, as these settings have them",
                        "ok       rules         IPv6: Remora's are there, as these settings have them");
        assertThat(pod.rules()).isEqualTo(before);
    }

    @Test
    void anAgentWithoutItsRulesFails() {
        TestNamespace pod = namespaces.pod();
        pod.peer("hold", "127.0.0.1", 15001, "agent");

        assertThat(check(pod).expect(ExitCode.VERIFICATION_FAILED).out())
                .contains("FAIL     rules         IPv4: an agent listens on port 15001, and its rules are not as these"
                        + " settings have them: there are none");
    }

    @ParameterizedTest
    @CsvSource({"ISTIO_OUTPUT,rules of Istio are here", "PROXY_INIT_OUTPUT,rules of Linkerd are here"})
    void anotherMeshFails(String chain, String said) {
        TestNamespace pod = namespaces.pod();
        pod.output("iptables-nft -t nat -N " + chain);

        assertThat(check(pod).expect(ExitCode.VERIFICATION_FAILED).out()).contains(said + " (" + chain + ")");
    }

    @ParameterizedTest
    @ValueSource(strings = {"KUBE-SERVICES", "CILIUM_OUTPUT_nat"})
    void aNodesNetworkNamespaceFails(String chain) {
        TestNamespace pod = namespaces.pod();
        pod.output("iptables-legacy -t nat -N " + chain);

        assertThat(check(pod).expect(ExitCode.VERIFICATION_FAILED).out())
                .contains("this is a node's network namespace (" + chain + ")");
    }

    @Test
    void rulesInBothBackendsAreWarnedOf() {
        TestNamespace pod = namespaces.pod();
        for (String backend : new String[] {"nft", "legacy"}) {
            pod.output("iptables-" + backend + " -t nat -A POSTROUTING -o eth9 -j MASQUERADE");
        }

        assertThat(check(pod).expect(ExitCode.OK).out())
                .contains("warning  backend       there are rules of others in both backends, nft and legacy");
    }

    @Test
    void withoutTheCapabilityThatIsAllThatIsSaid() {
        TestNamespace pod = namespaces.pod();

        assertThat(pod.initBy("setpriv --bounding-set -net_admin", "--check", "--service-cidr", CIDRS)
                        .expect(ExitCode.MISSING_CAPABILITY)
                        .out())
                .contains("FAIL     capabilities  ")
                .doesNotContain("ok  ");
    }
}
