package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a run proves its rules, and that it notices when they do not work. */
class ProofIT {

    private static final String CIDR = "10.96.0.0/16";

    private final Namespaces namespaces = new Namespaces();

    @BeforeEach
    void start() {
        namespaces.start();
    }

    @AfterEach
    void stop() {
        namespaces.close();
    }

    @ParameterizedTest
    @CsvSource({
        "hold, 127.0.0.1",
        "hold, ::",
        "hold, 0.0.0.0",
        "greet, 127.0.0.1",
        "ignore, 127.0.0.1",
        "reset, 127.0.0.1",
        "reset, ::",
    })
    void anAgentThatHoldsThePortNeedNotHelp(String mode, String address) {
        TestNamespace pod = namespaces.pod();
        pod.peer(mode, address, 15001, "captured");
        for (int run = 0; run < 3; run++) {
            assertThat(pod.init("--service-cidr", CIDR).expect(ExitCode.OK).out())
                    .contains("IPv4: proved, a connection to 10.96.0.0:9 ", "where the agent listens already");
        }
    }

    @Test
    void aPortThatNobodyHoldsIsHeldForTheProofAndFreeAfterIt() {
        TestNamespace pod = namespaces.pod();
        assertThat(pod.init("--service-cidr", CIDR).expect(ExitCode.OK).out())
                .contains("IPv4: proved, a connection to 10.96.0.0:9 arrived at port 15001")
                .doesNotContain("agent listens");
        pod.peer("greet", "127.0.0.1", 15001, "captured");
        assertThat(pod.output("cat /proc/net/tcp /proc/net/tcp6")).doesNotContain(" 06 ");
        assertThat(pod.dial("", "tcp", "10.96.1.1", 80)).isEqualTo("captured");
    }

    @Test
    void theProofDialsAnAddressAndAPortThatTheRulesCapture() {
        TestNamespace pod = namespaces.pod();
        assertThat(pod.init("--service-cidr", CIDR, "--include-port", "443", "--exclude-cidr", "10.96.0.0/24")
                        .expect(ExitCode.OK)
                        .out())
                .contains("a connection to 10.96.1.0:443 arrived");
        assertThat(pod.init("--service-cidr", CIDR, "--exclude-port", "1-1024")
                        .expect(ExitCode.OK)
                        .out())
                .contains("a connection to 10.96.0.0:1025 arrived");
    }

    @ParameterizedTest
    @CsvSource({"false, RETURN", "true, RETURN", "false, REDIRECT --to-ports 9999", "true, REDIRECT --to-ports 9999"})
    void aForeignRuleThatTakesTheConnectionFirstIsFoundAndNamed(boolean agent, String target) {
        TestNamespace pod = namespaces.pod();
        pod.peer("hold", "127.0.0.1", 9999, "");
        if (agent) {
            pod.peer("hold", "127.0.0.1", 15001, "");
        }
        pod.init("--service-cidr", CIDR).expect(ExitCode.OK);
        pod.output("iptables-nft -t nat -I OUTPUT 1 -p tcp -d 10.96.0.0/16 -j "
                + (target.equals("RETURN") ? "ACCEPT" : target));
        TestNamespace.Ended ended = pod.init("--service-cidr", CIDR, "--probe-timeout", "300ms");
        assertThat(ended.expect(ExitCode.PROBE_FAILED).err())
                .contains(
                        "IPv4: rules that come before the jump",
                        ": a connection to 10.96.0.0:9 ",
                        "these rules of OUTPUT come first",
                        "-d 10.96.0.0/16");
        assertThat(pod.init("--service-cidr", CIDR, "--skip-probe")
                        .expect(ExitCode.OK)
                        .out())
                .contains("IPv4: unchanged")
                .doesNotContain("proved");
        pod.init("--cleanup").expect(ExitCode.OK);
        pod.init("--service-cidr", CIDR).expect(ExitCode.OK);
    }

    @Test
    void aForeignRuleThatLetsTheConnectionEndWithoutARouteIsNamedFirst() {
        TestNamespace pod = namespaces.pod();
        pod.output("ip route replace unreachable 10.96.0.0/16");
        pod.output(
                "iptables-nft -t nat -N REMORA_OUTPUT; iptables-nft -t nat -A OUTPUT -p tcp -d 10.96.0.0/16 -j ACCEPT"
                        + " && iptables-nft -t nat -A OUTPUT -p tcp -j REMORA_OUTPUT");
        assertThat(pod.init("--service-cidr", CIDR)
                        .expect(ExitCode.PROBE_FAILED)
                        .err())
                .containsSubsequence(
                        "IPv4: rules that come before the jump may take the connection ('-d 10.96.0.0/16",
                        "no route to 10.96.0.0:9",
                        "fix: these rules of OUTPUT come first",
                        "default route");
    }

    @Test
    void aPodWithoutARouteIsToldSo() {
        TestNamespace pod = namespaces.pod();
        pod.output("ip route del default");
        assertThat(pod.init("--service-cidr", CIDR)
                        .expect(ExitCode.PROBE_FAILED)
                        .err())
                .contains("IPv4: no route to 10.96.0.0:9", "default route");
    }

    @ParameterizedTest
    @CsvSource({"--reuid 1337 --regid 0, user 1337", "--reuid 0 --regid 1337, group 1337"})
    void aRunAsTheAgentCannotProveAndSaysSoBeforeItChangesAnything(String ids, String who) {
        TestNamespace pod = namespaces.pod();
        String wrapper = "setpriv " + ids + " --clear-groups --inh-caps +net_admin --ambient-caps +net_admin";
        assertThat(pod.initBy(wrapper, "--service-cidr", CIDR)
                        .expect(ExitCode.BAD_SETTINGS)
                        .err())
                .contains("this process runs as the " + who, "runAsUser: 0", "--skip-probe");
        assertThat(pod.rules()).doesNotContain("REMORA");
        pod.initBy(wrapper, "--service-cidr", CIDR, "--skip-probe").expect(ExitCode.OK);
        assertThat(pod.rules()).contains("REMORA");
    }
}
