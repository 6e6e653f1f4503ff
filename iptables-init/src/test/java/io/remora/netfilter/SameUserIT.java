package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules for an agent that shares its user with the app and is known by the type of service of what it dials. */
class SameUserIT {

    private static final String CIDRS = "10.96.0.0/16,fd00:10:96::/112";

    private final Namespaces namespaces = new Namespaces();

    @BeforeEach
    void start() {
        namespaces.start();
        namespaces.world().output("for a in 10.96.0.9 10.96.0.1 fd00:10:96::9; do ip addr add $a dev lo; done");
        namespaces.world().peer("greet", "::", 80, "direct");
    }

    @AfterEach
    void stop() {
        namespaces.close();
    }

    @ParameterizedTest
    @CsvSource({"nft, off, 3", "legacy, off, 3", "nft, on, 3", "nft, off, 46", "legacy, off, 46", "nft, on, 46"})
    void aMarkedDialIsLeftAloneAndAnyOtherIsCapturedWhoeverDials(String backend, String refusal, int dscp) {
        TestNamespace pod = namespaces.pod();
        String[] words = {
            "--service-cidr", CIDRS, "--proxy-dscp", Integer.toString(dscp), "--backend", backend, "--refusal", refusal
        };
        // Nobody listens yet: the proof does, and runs as the very user that uid and gid would let through.
        String wrapper = "env KUBERNETES_SERVICE_HOST=10.96.0.1 setpriv --reuid 1337 --regid 1337 --clear-groups"
                + " --inh-caps +net_admin,+net_raw --ambient-caps +net_admin,+net_raw";
        if (backend.equals("legacy")) {
            wrapper = "env KUBERNETES_SERVICE_HOST=10.96.0.1"; // its lock needs a folder of root's
        }
        TestNamespace.Ended first = pod.initBy(wrapper, words).expect(ExitCode.OK);
        assertThat(first.out())
                .contains(
                        "IPv4: proved, a connection to 10.96.0.0:9 arrived at port ",
                        "IPv6: proved, a connection to [fd00:10:96::]:9 arrived at port ")
                .containsSubsequence(
                        ", a connection with the DSCP " + dscp + " was left alone",
                        ", a connection with the DSCP " + dscp + " was left alone");
        assertThat(pod.initBy(wrapper, words).expect(ExitCode.OK).out()).contains("IPv4: unchanged", "IPv6: unchanged");

        listen(pod, refusal);
        for (String address : new String[] {"10.96.0.9", "fd00:10:96::9"}) {
            for (String user : new String[] {"", "setpriv --reuid 1337 --regid 1337 --clear-groups"}) {
                assertThat(pod.dial(user, "tcp", address, 80)).as(address).isEqualTo("captured");
                assertThat(marked(pod, user, dscp, address)).as(address).isEqualTo("direct");
            }
            assertThat(marked(pod, "", dscp - 1, address)).as("another mark").isEqualTo("captured");
        }
        assertThat(pod.dial("", "tcp", "10.96.0.1", 80)).as("the API server").isEqualTo("direct");
    }

    @Test
    void aMarkIsNotTakenForOneIfSomethingElseRemovesItFirst() {
        TestNamespace pod = namespaces.pod();
        pod.output("iptables-nft -t mangle -A OUTPUT -p tcp -j DSCP --set-dscp 0");
        for (String refusal : new String[] {"off", "on"}) {
            assertThat(pod.init("--service-cidr", "10.96.0.0/16", "--proxy-dscp", "3", "--refusal", refusal)
                            .expect(ExitCode.PROBE_FAILED)
                            .err())
                    .contains(
                            "IPv4: a connection to 10.96.0.0 port 9 with the DSCP 3 was not left alone",
                            "own dials would come back to it",
                            "mangle");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void rulesForAUserAreReplacedByThoseForAMarkAndBack(String backend) {
        TestNamespace pod = namespaces.pod();
        pod.init("--service-cidr", CIDRS, "--backend", backend).expect(ExitCode.OK);
        pod.init("--service-cidr", CIDRS, "--backend", backend, "--proxy-dscp", "3")
                .expect(ExitCode.OK);
        assertThat(pod.rules()).contains("-m dscp --dscp 0x03 -j RETURN").doesNotContain("owner");
        pod.init("--service-cidr", CIDRS, "--backend", backend).expect(ExitCode.OK);
        assertThat(pod.rules()).contains("--uid-owner 1337").doesNotContain("dscp");
    }

    private static void listen(TestNamespace pod, String refusal) {
        if (refusal.equals("on")) {
            HashedPorts ports = HashedPorts.DEFAULT;
            pod.peer("greet", "127.0.0.1", ports.portOf(address("10.96.0.9"), 80), "captured");
            pod.peer("greet", "::1", ports.portOf(address("fd00:10:96::9"), 80), "captured");
        } else {
            pod.peer("greet", "127.0.0.1", 15001, "captured");
            pod.peer("greet", "::1", 15001, "captured");
        }
    }

    private static Address address(String text) {
        Address address = Address.parse(text);
        if (address == null) {
            throw new IllegalArgumentException(text);
        }
        return address;
    }

    private static String marked(TestNamespace pod, String wrapper, int dscp, String address) {
        return pod.output("timeout 5 " + wrapper + " " + System.getProperty("java.home")
                        + "/bin/java -XX:TieredStopAtLevel=1"
                        + " -cp target/test-classes " + MarkedClient.class.getName() + " " + dscp + " " + address
                        + " 80")
                .trim();
    }
}
