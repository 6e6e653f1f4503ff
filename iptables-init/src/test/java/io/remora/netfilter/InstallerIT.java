package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What repeated runs do to the rules of a namespace, their own and others'. */
class InstallerIT {

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

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void aSecondRunChangesNothing(String backend) {
        TestNamespace pod = namespaces.pod();
        pod.init("--service-cidr", CIDRS, "--backend", backend).expect(ExitCode.OK);
        String rules = pod.rules();
        String handles = pod.output("nft -a list ruleset 2>/dev/null | sed 's/packets.*bytes [0-9]*//' || true");
        TestNamespace.Ended second =
                pod.init("--service-cidr", CIDRS, "--backend", backend).expect(ExitCode.OK);
        assertThat(second.out())
                .contains("IPv4: unchanged, verified 5 rules", "IPv6: unchanged, verified 5 rules")
                .contains("IPv4: proved, ", "IPv6: proved, ");
        assertThat(pod.rules()).isEqualTo(rules);
        assertThat(pod.output("nft -a list ruleset 2>/dev/null | sed 's/packets.*bytes [0-9]*//' || true"))
                .as("not even replaced by equal rules")
                .isEqualTo(handles);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void otherSettingsReplaceOnlyItsOwnRulesAndCleanupRestoresWhatWasBefore(String backend) {
        TestNamespace pod = namespaces.pod();
        for (String program : new String[] {"iptables-" + backend, "ip6tables-" + backend}) {
            pod.output(program + " -t nat -N MINE && " + program + " -t nat -A MINE -p tcp --dport 7 -j RETURN && "
                    + program + " -t nat -A OUTPUT -p udp -j MINE && " + program + " -t nat -A POSTROUTING -o eth9 -j "
                    + "MASQUERADE && " + program + " -A OUTPUT -p tcp --dport 7 -m comment --comment 'a b' -j DROP");
        }
        String before = pod.rules();
        pod.init("--service-cidr", CIDRS, "--backend", backend).expect(ExitCode.OK);
        assertThat(withoutOwn(pod.rules())).isEqualTo(before);
        pod.init("--service-cidr", "10.43.0.0/16", "--capture-port", "16001", "--backend", backend)
                .expect(ExitCode.OK);
        assertThat(withoutOwn(pod.rules())).isEqualTo(before);
        assertThat(pod.rules())
                .contains("-A REMORA_OUTPUT -d 10.43.0.0/16 -p tcp -j REDIRECT --to-ports 16001")
                .doesNotContain("15001", "fd00:10:96::");
        pod.init("--cleanup").expect(ExitCode.OK);
        assertThat(pod.rules()).isEqualTo(before);
        assertThat(pod.init("--cleanup").expect(ExitCode.OK).out()).contains("nothing to remove");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void driftAndHalfMadeStatesAreRepaired(String backend) {
        TestNamespace pod = namespaces.pod();
        String[] args = {"--service-cidr", CIDRS, "--backend", backend};
        pod.init(args).expect(ExitCode.OK);
        String right = pod.rules();
        String iptables = "iptables-" + backend + " -t nat ";
        for (String damage : new String[] {
            "-D OUTPUT -p tcp -j REMORA_OUTPUT",
            "-A OUTPUT -p tcp -j REMORA_OUTPUT",
            "-A OUTPUT -d 10.0.0.0/8 -p tcp -j REMORA_OUTPUT",
            "-F REMORA_OUTPUT",
            "-D REMORA_OUTPUT 1",
            "-I REMORA_OUTPUT 2 -j RETURN",
            "-R REMORA_OUTPUT 5 -d 10.96.0.0/16 -p tcp -j REDIRECT --to-ports 16001",
            "-N REMORA_PROBE",
            "-F OUTPUT; " + iptables + "-F REMORA_OUTPUT; " + iptables + "-X REMORA_OUTPUT",
        }) {
            pod.output(iptables + damage);
            assertThat(pod.rules()).as(damage).isNotEqualTo(right);
            TestNamespace.Ended repaired = pod.init(args).expect(ExitCode.OK);
            assertThat(repaired.out()).as(damage).contains("IPv4: applied, verified", "IPv6: unchanged");
            assertThat(pod.rules()).as(damage).isEqualTo(right);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void runsAtTheSameTimeEndInTheRightState(String backend) {
        TestNamespace pod = namespaces.pod();
        String[] args = {"--service-cidr", CIDRS, "--backend", backend};
        pod.init(args).expect(ExitCode.OK);
        String right = pod.rules();
        for (int round = 0; round < 3; round++) {
            pod.init("--cleanup").expect(ExitCode.OK);
            pod.output("run() { " + pod.command(args) + "; }; run & first=$!; run && wait $first");
            assertThat(pod.rules()).isEqualTo(right);
        }
    }

    @Test
    void aUserNamespaceThatMapsTheAgentWorksAsWell() {
        TestNamespace pod = namespaces.pod();
        String inside =
                "ip link set lo up && ip link add eth0 type veth peer name eth1 && ip link set eth1 up && ip addr add 10.0.0.5/24 dev eth0 && "
                        + "ip link set eth0 up && ip route add default via 10.0.0.1 && "
                        + pod.command("--service-cidr", "10.96.0.0/16");
        // The outer shell maps the ids, as newuidmap would, when the inner one stands in its new namespace.
        assertThat(pod.output("mkfifo /run/here /run/go && { unshare --user --net bash -c "
                        + "'echo > /run/here; read go < /run/go; bash /run/inside' & inner=$!; } && "
                        + "cat > /run/inside <<< \"" + inside + "\" && read here < /run/here && "
                        + "echo 0 0 65536 > /proc/$inner/uid_map && echo 0 0 65536 > /proc/$inner/gid_map && "
                        + "echo > /run/go && wait $inner"))
                .contains("IPv4: proved, a connection to 10.96.0.0:9 arrived");
    }

    @Test
    void aDryRunPrintsThePlanAndAppliesNothing() {
        TestNamespace pod = namespaces.pod();
        TestNamespace.Ended ended =
                pod.init("--service-cidr", CIDRS, "--dry-run").expect(ExitCode.OK);
        assertThat(ended.out())
                .contains("-A REMORA_OUTPUT -d 10.96.0.0/16 -p tcp -j REDIRECT --to-ports 15001", "dry run")
                .contains("IPv4 (nft): would change: chain REMORA_OUTPUT is missing");
        assertThat(pod.rules()).doesNotContain("REMORA");
        pod.init("--service-cidr", CIDRS).expect(ExitCode.OK);
        String rules = pod.rules();
        assertThat(pod.init("--service-cidr", CIDRS, "--dry-run")
                        .expect(ExitCode.OK)
                        .out())
                .contains("IPv4 (nft): would not change", "IPv6 (nft): would not change");
        assertThat(pod.init("--cleanup", "--dry-run").expect(ExitCode.OK).out())
                .contains("IPv4 (nft): chain REMORA_OUTPUT is to go (rules: 5, jumps to it: 1)");
        assertThat(pod.rules()).isEqualTo(rules);
        assertThat(pod.initBy("setpriv --bounding-set -all", "--service-cidr", CIDRS, "--dry-run")
                        .expect(ExitCode.OK)
                        .out())
                .contains("the present rules were not compared: this process lacks the capability CAP_NET_ADMIN");
    }

    @Test
    void autoIsNftUnlessLegacyHasRulesAndMovingLeavesNothingBehind() {
        TestNamespace pod = namespaces.pod();
        assertThat(pod.init("--service-cidr", CIDRS).expect(ExitCode.OK).out()).contains("backend nft");
        assertThat(pod.rules("iptables-legacy")).isEmpty();
        pod.output("iptables-legacy -A OUTPUT -p tcp --dport 7 -j ACCEPT");
        TestNamespace.Ended moved = pod.init("--service-cidr", CIDRS).expect(ExitCode.OK);
        assertThat(moved.out()).contains("backend legacy", "IPv4 (nft): removed", "IPv6 (nft): removed");
        assertThat(pod.rules("iptables-nft") + pod.rules("ip6tables-nft")).isEmpty();
        assertThat(pod.rules("iptables-legacy")).contains("REMORA_OUTPUT", "--dport 7");
        pod.init("--service-cidr", CIDRS, "--backend", "nft").expect(ExitCode.OK);
        assertThat(pod.rules("iptables-legacy")).doesNotContain("REMORA").contains("--dport 7");
    }

    @Test
    void ipv6IsLeftOutWhereRedirectCouldNotLandUnlessItIsDemanded() {
        TestNamespace pod = namespaces.pod();
        pod.init("--service-cidr", CIDRS).expect(ExitCode.OK);
        pod.output("ip -6 addr del ::1/128 dev lo");
        TestNamespace.Ended without = pod.init("--service-cidr", CIDRS).expect(ExitCode.OK);
        assertThat(without.out()).contains("IPv6: not captured, this network namespace has no ::1", "IPv4: proved");
        assertThat(pod.rules()).doesNotContain("fd00:10:96::");
        assertThat(pod.init("--service-cidr", CIDRS, "--ipv6", "on")
                        .expect(ExitCode.MISSING_KERNEL_SUPPORT)
                        .err())
                .contains("::1", "disable_ipv6");
    }

    @Test
    void anIpv6CidrWithoutAnIpv6RouteIsAppliedAndSaidToBeUnproved() {
        TestNamespace pod = namespaces.pod();
        pod.output("ip -6 route flush default && ip -6 addr del fd01::5/64 dev eth0");
        assertThat(pod.init("--service-cidr", CIDRS).expect(ExitCode.OK).out())
                .contains("IPv6: applied", "IPv6: not proved, no route to [fd00:10:96::]:9");
        assertThat(pod.init("--service-cidr", CIDRS, "--ipv6", "on")
                        .expect(ExitCode.PROBE_FAILED)
                        .err())
                .contains("no route to [fd00:10:96::]:9", "default route");
    }

    private static String withoutOwn(String rules) {
        StringBuilder others = new StringBuilder();
        rules.lines()
                .filter(line -> !line.contains("REMORA"))
                .forEach(line -> others.append(line).append('\n'));
        return others.toString();
    }
}
