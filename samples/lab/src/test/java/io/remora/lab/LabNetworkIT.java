package io.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.app.Apps;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What pods of one lab see of each other, and what processes in them are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabNetworkIT {
    private static final Duration START = Duration.ofSeconds(20);

    private Lab lab;
    private Pod client;
    private Pod near;
    private Pod far;

    @BeforeAll
    void startLab() {
        LabRequirements.check();
        lab = Lab.start();
        client = lab.addPod("client", "node-a");
        near = lab.addPod("near", "node-a");
        far = lab.addPod("far", "node-b");
        for (Pod pod : List.of(near, far)) {
            serve(pod);
        }
    }

    @AfterAll
    void closeLab() {
        if (lab != null) {
            lab.close();
        }
    }

    private static LabProcess serve(Pod pod) {
        LabProcess server = pod.start(Apps.app(
                "serve",
                "--name",
                pod.name(),
                "--http",
                "80",
                "--greeting",
                "81",
                "--echo",
                "82",
                "--bulk",
                "83",
                "--reset",
                "84",
                "--half",
                "85",
                "--udp",
                "53"));
        server.awaitLog("^serving$", START);
        return server;
    }

    private ExecResult ask(String command, String... arguments) {
        return client.exec(Apps.app(command, arguments));
    }

    @Test
    void podsReachEachOtherOnBothNodesWithTheirOwnAddresses() {
        for (Pod pod : List.of(near, far)) {
            for (String address : List.of(pod.ip(), "[" + pod.ip6() + "]")) {
                ExecResult result = ask("connect", "--target", address + ":80", "--count", "3");
                assertThat(result.out()).as("%s", result).contains("\"answers\":{\"" + pod.name() + "\":3}");
            }
        }
        LabProcess sleeper = client.start(
                Apps.app("hold", "--target", far.ip() + ":81", "--connections", "1", "--hold-ms", "60000"));
        sleeper.awaitLog("opened", START);
        String peers = far.exec("ss", "-Htn", "state", "established").orThrow().out();
        sleeper.close();
        assertThat(peers).as("no address translation between pods").contains(client.ip());
    }

    @Test
    void neighboursOfABridgeKeepTheirWayWhenPodsComeAndGo() {
        String before = bridgeAddress();
        for (int i = 0; i < 8; i++) {
            Pod pod = lab.addPod("passing-" + i, "node-b");
            assertThat(bridgeAddress()).isEqualTo(before);
            pod.delete();
            assertThat(bridgeAddress()).isEqualTo(before);
        }
    }

    private String bridgeAddress() {
        return lab.node("node-b")
                .exec("ip", "-br", "link", "show", "cni0")
                .orThrow()
                .out();
    }

    @Test
    void podsReachTheControlPlanesAddressAndTheirNode() {
        for (String address : List.of(
                "172.30.0.1", "fd00:172:30::1", far.node().ip(), far.node().ip6())) {
            assertThat(far.exec("bash", "-c", "exec 3<>/dev/tcp/" + address + "/9")
                            .err())
                    .as(address)
                    .contains("Connection refused");
        }
    }

    @Test
    void addressesOfServicesLeaveThePodOverItsInterface() {
        for (String address : List.of("10.96.0.10", "fd00:96::10")) {
            assertThat(client.exec("ip", "route", "get", address).orThrow().out())
                    .contains("dev eth0");
        }
    }

    @Test
    void bulkReachesTheOtherSideWhole() {
        ExecResult result = ask("bulk", "--target", far.ip() + ":83", "--up", "5000000", "--down", "7000000");
        assertThat(result.orThrow().out()).contains("\"ok\":true");
    }

    @Test
    void halfCloseWorksBothWays() {
        ExecResult client1 = ask("half-close", "--target", near.ip() + ":82", "--bytes", "300000");
        assertThat(client1.orThrow().out()).contains("\"bytes\":300000");
        ExecResult server = ask("half-close", "--target", near.ip() + ":85", "--first", "server", "--bytes", "300000");
        assertThat(server.orThrow().out()).contains("\"bytes\":300000");
    }

    @Test
    void anEarlyAnswerBeforeAResetArrivesWhole() {
        assertThat(ask("reset", "--target", near.ip() + ":84").orThrow().out())
                .contains("\"bytes\":8192,\"reset\":true");
    }

    @Test
    void udpAnswersAndConnectionsAreHeld() {
        assertThat(ask("udp", "--target", far.ip() + ":53", "--count", "3")
                        .orThrow()
                        .out())
                .contains("\"answers\":{\"far\":3}");
        ExecResult held = ask("hold", "--target", far.ip() + ":81", "--connections", "5000", "--hold-ms", "10");
        assertThat(held.orThrow().out()).contains("\"opened\":5000").contains("\"alive\":5000");
    }

    @Test
    void aProcessOfUid1337HasNoCapability() {
        ProcessSpec spec = ProcessSpec.of("sleep", "60").asUser(1337, 1337).noFile(123);
        try (LabProcess process = client.start(spec)) {
            awaitProgram(process, "sleep");
            // Seen from inside: a lab without root maps ids.
            String status = client.exec("sh", "-c", "cat /proc/$(pgrep -n -x sleep)/status")
                    .out();
            assertThat(process.status("CapEff:")).isEqualTo("0000000000000000");
            assertThat(process.status("CapPrm:")).isEqualTo("0000000000000000");
            assertThat(process.status("CapBnd:")).isEqualTo("0000000000000000");
            assertThat(process.status("NoNewPrivs:")).isEqualTo("1");
            assertThat(process.openFiles()).isEqualTo(3);
            assertThat(process.residentBytes()).isPositive();
            assertThat(status).contains("Uid:\t1337\t1337\t1337\t1337").contains("Gid:\t1337\t1337\t1337\t1337");
        }
    }

    @Test
    void rootMayBeGivenSomeCapabilitiesOnly() {
        ExecResult result =
                client.exec(ProcessSpec.of("cat", "/proc/self/status").asRootWith("net_admin", "net_raw"));
        assertThat(result.orThrow().out()).contains("CapEff:\t0000000000003000");
    }

    @Test
    void aProcessSeesOnlyTheEnvironmentItIsGiven() {
        String out = client.exec(ProcessSpec.of("env").env("POD_NAME", "client"))
                .orThrow()
                .out();
        assertThat(out).contains("POD_NAME=client\n");
        // The last ones are a shell's.
        assertThat(out.lines().map(line -> line.substring(0, line.indexOf('='))))
                .isSubsetOf("PATH", "HOME", "LANG", "TMPDIR", "POD_NAME", "PWD", "SHLVL", "_");
    }

    @Test
    void execKillsACommandWithItsChildrenWhenItsTimeHasPassed() {
        ExecResult result = client.exec(
                ProcessSpec.of("sh", "-c", "sleep 71 & echo started; wait").timeout(Duration.ofMillis(300)));
        assertThat(result.timedOut()).isTrue();
        assertThat(result.out()).contains("started");
        assertThat(result.exitCode()).isEqualTo(137);
        assertThat(result.err()).isEmpty();
        assertThat(client.exec("pgrep", "-f", "sleep 71").out()).isEmpty();
    }

    @Test
    void stdinReachesTheProgram() {
        assertThat(client.exec(ProcessSpec.of("cat").stdin("to read")).out()).isEqualTo("to read");
    }

    @Test
    void aBlackholedPodHangsUntilItIsLifted() {
        Pod hole = lab.addPod("hole", "node-b");
        serve(hole);
        try (PacketFilter filter = hole.blackhole()) {
            assertThat(ask("connect", "--target", hole.ip() + ":80", "--timeout-ms", "400")
                            .out())
                    .contains("SocketTimeoutException");
            filter.lift();
            assertThat(ask("connect", "--target", hole.ip() + ":80").out()).contains("\"ok\":1");
        }
        hole.delete();
    }

    @Test
    void packetsToOneAddressCanBeDropped() {
        try (PacketFilter filter = client.dropPacketsTo(near.ip())) {
            assertThat(filter).isNotNull();
            assertThat(ask("connect", "--target", near.ip() + ":80", "--timeout-ms", "300")
                            .out())
                    .contains("SocketTimeoutException");
            assertThat(ask("connect", "--target", far.ip() + ":80").out()).contains("\"ok\":1");
        }
        assertThat(ask("connect", "--target", near.ip() + ":80").out()).contains("\"ok\":1");
    }

    @Test
    void aDroppedHandshakeIsRepeatedAndThenAnswered() {
        Pod slow = lab.addPod("slow", "node-b");
        serve(slow);
        PacketFilter filter = slow.dropHandshakesTo(80);
        LabProcess asking = client.start(Apps.app("connect", "--target", slow.ip() + ":80"));
        // The first SYN has been dropped once the rule has counted it.
        awaitDropped(slow);
        filter.lift();
        assertThat(asking.awaitExit(Duration.ofSeconds(20))).isZero();
        slow.delete();
    }

    private static void awaitDropped(Pod pod) {
        long deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < deadline) {
            String counted = pod.exec("iptables", "-w", "-t", "raw", "-L", "PREROUTING", "-vnx")
                    .orThrow()
                    .out();
            if (counted.lines()
                    .anyMatch(line -> line.contains("DROP") && !line.strip().startsWith("0 "))) {
                return;
            }
        }
        throw new AssertionError("no packet was dropped");
    }

    @Test
    void aPausedPodAcceptsAndStaysSilentUntilItGoesOn() {
        Pod paused = lab.addPod("paused", "node-b");
        serve(paused);
        paused.pause();
        assertThat(ask("connect", "--target", paused.ip() + ":80", "--timeout-ms", "400")
                        .out())
                .contains("Read timed out");
        assertThat(ask("connect", "--target", paused.ip() + ":80", "--protocol", "tcp")
                        .out())
                .contains("\"ok\":1");
        paused.resume();
        assertThat(ask("connect", "--target", paused.ip() + ":80").out()).contains("\"ok\":1");
        paused.delete();
    }

    @Test
    void aDeletedPodEndsWithItsProcessesAndAnotherMayHaveItsAddress() {
        Pod first = lab.addPod("first", "node-b");
        LabProcess process = serve(first);
        first.delete();
        first.delete();
        assertThat(process.isAlive()).isFalse();
        assertThat(lab.pods()).doesNotContain(first);
        Pod second = lab.addPod(PodSpec.of("second", "node-b").host(first.host()));
        serve(second);
        assertThat(ask("connect", "--target", first.ip() + ":80").out()).contains("\"answers\":{\"second\":1}");
        second.delete();
    }

    @Test
    void anUnpluggedPodIsUnreachableAndReturns() {
        Pod cut = lab.addPod("cut", "node-b");
        serve(cut);
        cut.unplug();
        assertThat(ask("connect", "--target", cut.ip() + ":80", "--timeout-ms", "300")
                        .out())
                .contains("\"ok\":0");
        cut.plug();
        assertThat(ask("connect", "--target", cut.ip() + ":80").out()).contains("\"ok\":1");
        cut.delete();
    }

    @Test
    void aPortInsideIsReachedFromOutside() throws IOException {
        InetSocketAddress outside = lab.root().forward(far.ip(), 81);
        assertThat(outside.getAddress().isLoopbackAddress()).isTrue();
        assertThat(lab.root().forward(far.ip(), 81)).isEqualTo(outside);
        for (InetSocketAddress address : List.of(outside, near.forward(81))) {
            try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                socket.setSoTimeout(10_000);
                socket.shutdownOutput();
                InputStream in = socket.getInputStream();
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .isIn("far\n", "near\n");
            }
        }
    }

    @Test
    void aPublishedFileIsReadableForUid1337(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("secret"), "text");
        Path copy = lab.publish(folder).resolve("secret");
        assertThat(client.exec(ProcessSpec.of("cat", copy.toString()).asUser(1337, 1337))
                        .orThrow()
                        .out())
                .isEqualTo("text");
    }

    @Test
    void aPodCollectsOrphans() {
        client.exec("bash", "-c", "(sleep 0.05 & )").orThrow();
        long deadline = System.nanoTime() + START.toNanos();
        String processes = client.exec("ps", "-eo", "stat,comm").orThrow().out();
        while (processes.contains("sleep <defunct>") && System.nanoTime() < deadline) {
            processes = client.exec("ps", "-eo", "stat,comm").orThrow().out();
        }
        assertThat(processes).doesNotContain("<defunct>");
    }

    private static void awaitProgram(LabProcess process, String program) {
        long deadline = System.nanoTime() + START.toNanos();
        while (!process.status("Name:").equals(program) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }
}
