package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.Pod;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import io.remora.lab.sidecar.Sidecar;
import io.remora.lab.sidecar.SidecarConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The agent is killed without a word and started again, as the kubelet does with a sidecar. */
class AgentRestartIT {
    private static final String CAPTURE_PORT = Integer.toHexString(15001).toUpperCase(Locale.ROOT);
    /** States of /proc/net/tcp. */
    private static final String ESTABLISHED = "01";

    private static final String LISTEN = "0A";

    private static final Duration A_SECOND = Duration.ofSeconds(1);

    @ParameterizedTest
    @MethodSource("io.remora.lab.e2e.Jdk#all")
    void aKilledAgentListensAgainWithinASecondAndLeavesNothing(Jdk jdk) {
        try (Cluster cluster = Cluster.start()) {
            Pod near = cluster.server("near", "node-a");
            Pod far = cluster.server("far", "node-b");
            Sidecar sidecar = Sidecar.inject(cluster.lab(), cluster.client(), withClassDataArchive(cluster, jdk));
            Target target = cluster.service(sidecar, "greeting", Cluster.GREETING, near, far);
            int idle = sidecar.process().openFiles();
            List<Duration> untilListening = new ArrayList<>();
            // What else the machine does only adds time, so the agent's own is the shortest of a few rounds.
            for (int round = 0; round < 2 || (round < 5 && !withinASecond(untilListening)); round++) {
                LabProcess holder = cluster.client()
                        .start(Cluster.clientOf(
                                "hold", "--target", target.v4(), "--connections", "200", "--hold-ms", "60000"));
                holder.awaitLog("\"opened\":200", Cluster.GENEROUS);
                assertThat(sidecar.inFlight()).isEqualTo(200);
                sidecar.kill();
                assertThat(sockets(cluster.client(), LISTEN)).isEmpty();

                long started = System.nanoTime();
                sidecar.restart();
                while (sockets(cluster.client(), LISTEN).isEmpty()) {
                    assertThat(sidecar.process().isAlive()).isTrue();
                    assertThat(System.nanoTime() - started).as("nanoseconds").isLessThan(Cluster.GENEROUS.toNanos());
                    Waits.pause();
                }
                untilListening.add(Duration.ofNanos(System.nanoTime() - started));
                sidecar.awaitReady();
                // Ready is also an agent that passes through once the hold time is over, but nothing else here knows
                // the
                // ClusterIP.
                sidecar.await(
                        "the Services are known",
                        Cluster.GENEROUS,
                        () -> sidecar.admin().metric("remora_synced") > 0);
                holder.kill();
                JsonNode result =
                        cluster.run("connect", "--target", target.v4(), "--protocol", "greeting", "--count", "50");
                assertThat(result.path("ok").asInt()).as("%s", result).isEqualTo(50);
                Cluster.assertNothingInFlight(sidecar);
                sidecar.await(
                        "no connection of before is left, and no descriptor",
                        Cluster.GENEROUS,
                        () -> sockets(cluster.client(), ESTABLISHED).isEmpty()
                                && sidecar.process().openFiles() <= idle + 10);
            }
            assertThat(untilListening)
                    .as("from the start of the process to listening")
                    .anySatisfy(time -> assertThat(time).isLessThan(A_SECOND));
        }
    }

    private static boolean withinASecond(List<Duration> times) {
        return times.stream().anyMatch(time -> time.compareTo(A_SECOND) < 0);
    }

    /** Runs the agent once with an API server that is not there, as the build of an image does, and keeps its classes. */
    private static SidecarConfig withClassDataArchive(Cluster cluster, Jdk jdk) {
        SidecarConfig config = Cluster.config(jdk);
        Path jar = cluster.lab().publish(config.agentJar());
        Pod build = cluster.lab().addPod("build", "node-a");
        Path archive = jar.resolveSibling("agent.jsa");
        List<String> command = new ArrayList<>(List.of(jdk.java().toString()));
        command.addAll(SidecarConfig.SMALL_JVM);
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-jar", jar.toString(), "agent"));
        command.addAll(List.of("--api-server", "http://127.0.0.1:1", "--hold", "0s"));
        LabProcess once = build.start(ProcessSpec.of(command).named("archive"));
        once.awaitLog("agent listens", Cluster.GENEROUS);
        assertThat(once.stop(Cluster.GENEROUS)).as("%s", once.log()).isZero();
        build.delete();
        assertThat(archive).isRegularFile();
        List<String> options = new ArrayList<>(SidecarConfig.SMALL_JVM);
        options.add("-XX:SharedArchiveFile=" + archive);
        SidecarConfig published = SidecarConfig.of(jar, config.initJar());
        return published.java(jdk.java()).jvmOptions(options);
    }

    /** Sockets of the pod's whole network namespace that have the capture port as their own, in a state. */
    private static List<String> sockets(Pod pod, String state) {
        Path table = Path.of("/proc/" + pod.namespace().pid() + "/net/tcp");
        try {
            return Files.readAllLines(table).stream()
                    .map(line -> line.strip().split(" +", -1))
                    .filter(field -> field.length > 3 && field[1].endsWith(":" + CAPTURE_PORT))
                    .filter(field -> field[3].equals(state))
                    .map(field -> field[2])
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(table + " cannot be read", e);
        }
    }
}
