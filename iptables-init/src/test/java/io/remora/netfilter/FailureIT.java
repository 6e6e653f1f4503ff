package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way to fail: its exit code, its message, its fix, and that nothing was changed. */
class FailureIT {

    private static final String CIDR = "10.96.0.0/16";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temporary;

    private final Namespaces namespaces = new Namespaces();

    @BeforeEach
    void start() {
        namespaces.start();
    }

    @AfterEach
    void stop() {
        namespaces.close();
    }

    @Test
    void badSettingsAreAllTold() {
        TestNamespace pod = namespaces.pod();
        assertThat(pod.init("--service-cidr", "10.96.0.1/16", "--capture-port", "0")
                        .expect(ExitCode.BAD_SETTINGS)
                        .err())
                .contains(
                        "10.96.0.1/16 has host bits set; did you mean 10.96.0.0/16?",
                        "--capture-port must be 1-65535: 0");
        assertThat(pod.init().expect(ExitCode.BAD_SETTINGS).err()).contains("kubectl get servicecidrs");
        assertThat(pod.rules()).doesNotContain("REMORA");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "setpriv --bounding-set -net_admin",
                "setpriv --reuid 1000 --regid 1000 --clear-groups",
                // All capabilities, but in a user namespace that does not own the network namespace.
                "unshare --user --map-user=1 --map-group=1 --keep-caps",
            })
    void aMissingCapabilityIsTold(String wrapper) {
        TestNamespace pod = namespaces.pod();
        for (String backend : new String[] {"nft", "auto"}) {
            assertThat(pod.initBy(
                                    wrapper,
                                    "--service-cidr",
                                    CIDR,
                                    "--backend",
                                    backend,
                                    "--proxy-uid",
                                    "1",
                                    "--proxy-gid",
                                    "1",
                                    "--skip-probe")
                            .expect(ExitCode.MISSING_CAPABILITY)
                            .err())
                    .contains("capabilities: {add: [NET_ADMIN");
        }
        assertThat(pod.rules()).doesNotContain("REMORA");
    }

    @Test
    void onlyIpv6CidrsWithoutIpv6WouldCaptureNothing() {
        TestNamespace pod = namespaces.pod();
        pod.output("sysctl -qw net.ipv6.conf.all.disable_ipv6=1");
        assertThat(pod.init("--service-cidr", "fd00:96::/112")
                        .expect(ExitCode.MISSING_KERNEL_SUPPORT)
                        .err())
                .contains("this network namespace has no ::1", "nothing would be captured", "disable_ipv6=0");
        assertThat(pod.rules()).doesNotContain("REMORA");
    }

    @Test
    void aLockedXtablesIsTold() {
        TestNamespace pod = namespaces.pod();
        pod.output("(exec 9>/run/xtables.lock; flock 9; exec sleep 20) >/dev/null 2>&1 & echo $! > /run/holder; "
                + "while flock --nonblock /run/xtables.lock true; do sleep 0.02; done");
        assertThat(pod.init("--service-cidr", CIDR, "--backend", "legacy", "--lock-wait", "1s")
                        .expect(ExitCode.XTABLES_LOCKED)
                        .err())
                .contains("holding the xtables lock", "fuser -v /run/xtables.lock", "--lock-wait");
        assertThat(pod.rules()).doesNotContain("REMORA");
        pod.init("--service-cidr", CIDR, "--backend", "nft", "--lock-wait", "1s")
                .expect(ExitCode.OK);
        pod.output("kill $(cat /run/holder)");
    }

    @Test
    void anIdThatTheUserNamespaceDoesNotMapIsTold() {
        TestNamespace pod = namespaces.pod();
        String wrapper = "unshare --user --map-root-user --net";
        assertThat(pod.initBy(wrapper, "--service-cidr", CIDR)
                        .expect(ExitCode.UNMAPPED_ID)
                        .err())
                .contains("--proxy-uid 1337 does not exist in this user namespace", "0 0 1", "newuidmap");
    }

    @Test
    void missingProgramsAreTold() {
        TestNamespace pod = namespaces.pod();
        assertThat(pod.initBy("mount -t tmpfs none /usr/sbin && PATH=/bin", "--service-cidr", CIDR)
                        .expect(ExitCode.PROGRAMS_NOT_FOUND)
                        .err())
                .contains("no iptables-save and iptables-restore in", "/usr/sbin", "install the iptables package");
    }

    @Test
    void oneMissingBackendIsToldIfItWasDemanded() {
        TestNamespace pod = namespaces.pod();
        pod.output(
                "mkdir /run/keep && cp /usr/sbin/xtables-nft-multi /run/keep && mount -t tmpfs none /usr/sbin && "
                        + "for p in iptables ip6tables; do for t in save restore; do ln -s /run/keep/xtables-nft-multi /usr/sbin/$p-$t; done; done");
        assertThat(pod.init("--service-cidr", CIDR, "--backend", "legacy")
                        .expect(ExitCode.PROGRAMS_NOT_FOUND)
                        .err())
                .contains("--backend legacy", "iptables-legacy-restore", "--backend auto");
        assertThat(pod.init("--service-cidr", CIDR).expect(ExitCode.OK).out()).contains("backend nft");
    }

    @Test
    void missingKernelSupportIsToldByPart() throws IOException {
        TestNamespace pod = namespaces.pod();
        Path extensions = Files.createDirectory(temporary.resolve("xtables"));
        pod.output("cp $(dirname $(find /usr/lib* -name libxt_owner.so | head -n 1))/*.so " + extensions + " && rm "
                + extensions + "/libxt_owner.so");
        TestNamespace.Ended ended = pod.initBy("XTABLES_LIBDIR=" + extensions, "--service-cidr", CIDR);
        assertThat(ended.expect(ExitCode.MISSING_KERNEL_SUPPORT).err())
                .contains(
                        "no backend works",
                        "the nft backend cannot do what the IPv4 rules need: the owner match (module xt_owner)")
                .contains("the legacy backend cannot do what the IPv4 rules need: the owner match (module xt_owner)")
                .doesNotContain("REDIRECT target");
        assertThat(pod.rules()).doesNotContain("REMORA");
    }

    @Test
    void rulesThatAreNotWhatWasAppliedFailTheVerification() throws IOException {
        TestNamespace pod = namespaces.pod();
        program("iptables-nft-save", "/usr/sbin/iptables-nft-save \"$@\" | grep -v -- '-o lo'");
        assertThat(pod.initBy("PATH=" + temporary + ":$PATH", "--service-cidr", CIDR)
                        .expect(ExitCode.VERIFICATION_FAILED)
                        .err())
                .contains("IPv4 rules are not what was applied", "-o lo -j RETURN");
    }

    @Test
    void otherWordsOfTheProgramsAreHandedOn() throws IOException {
        TestNamespace pod = namespaces.pod();
        program("iptables-nft-restore", "echo 'out of cheese' >&2; exit 3");
        assertThat(pod.initBy("PATH=" + temporary + ":$PATH", "--service-cidr", CIDR, "--backend", "nft")
                        .expect(ExitCode.APPLY_FAILED)
                        .err())
                .contains("iptables-nft-restore failed with status 3: out of cheese");
    }

    @Test
    void aBrokenBackendGivesWayToOneThatWorks() throws IOException {
        TestNamespace pod = namespaces.pod();
        program("iptables-nft-restore", "echo 'Failed to initialize nft: Protocol not supported' >&2; exit 3");
        assertThat(pod.initBy("PATH=" + temporary + ":$PATH", "--service-cidr", CIDR)
                        .expect(ExitCode.OK)
                        .out())
                .contains("backend legacy", "IPv4: proved");
    }

    @Test
    void ipv6ThatNoBackendCanDoIsLeftOutUnlessItIsDemanded() throws IOException {
        TestNamespace pod = namespaces.pod();
        program("ip6tables-nft-restore", "echo \"can't initialize ip6tables table: Table does not exist\" >&2; exit 3");
        String path = "PATH=" + temporary + ":$PATH";
        String both = CIDR + ",fd00:10:96::/112";
        assertThat(pod.initBy(path, "--service-cidr", both, "--backend", "nft")
                        .expect(ExitCode.OK)
                        .out())
                .contains("IPv6: not captured, the nft backend cannot do", "IPv4: proved");
        pod.initBy(path, "--service-cidr", both, "--backend", "nft", "--ipv6", "on")
                .expect(ExitCode.MISSING_KERNEL_SUPPORT);
    }

    @Test
    void versionAndHelpNeedNothing() {
        TestNamespace pod = namespaces.pod();
        String none = "setpriv --reuid 1000 --regid 1000 --clear-groups";
        assertThat(pod.initBy(none, "--version").expect(ExitCode.OK).out())
                .matches("remora-iptables-init \\d+\\.\\d+.*\n");
        assertThat(pod.initBy(none, "--help").expect(ExitCode.OK).out())
                .contains("--service-cidr", "REMORA_CAPTURE_CIDRS");
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(temporary.resolve(name), "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
