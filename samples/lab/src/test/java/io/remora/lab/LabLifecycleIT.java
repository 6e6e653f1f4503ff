package io.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.lab.app.Apps;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.Launcher;
import io.remora.lab.process.ProcessSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a lab: nothing, whatever way it ended. */
class LabLifecycleIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @BeforeEach
    void needsALab() {
        LabRequirements.check();
    }

    @Test
    void closeLeavesNothing() {
        Lab lab = Lab.start();
        Pod pod = lab.addPod("web", "node-b");
        LabProcess server = pod.start(Apps.app("serve", "--http", "80").asUser(1337, 1337));
        server.awaitLog("^serving$", LIMIT);
        Path directory = lab.directory();
        Set<Long> processes = processesOf(directory);
        assertThat(processes)
                .as("holder, nodes, pod, server")
                .hasSizeGreaterThan(6)
                .contains(server.pid());
        lab.close();
        awaitNothingOf(directory, processes);
        lab.close();
    }

    @Test
    void anExceptionLeavesNothing(@TempDir Path folder) {
        LabProcess jvm = Launcher.local(folder).start(heldLab("fail"));
        Path directory = Path.of(jvm.awaitLog("^directory ", LIMIT).substring("directory ".length()));
        assertThat(jvm.awaitExit(LIMIT)).isEqualTo(1);
        assertThat(jvm.log()).contains("as asked");
        awaitNothingOf(directory, Set.of());
    }

    @Test
    void killingTheJvmLeavesNothing(@TempDir Path folder) {
        killWith("KILL", folder, "control-plane");
    }

    @Test
    void interruptingTheJvmLeavesNothing(@TempDir Path folder) {
        killWith("INT", folder);
    }

    private static void killWith(String signal, Path folder, String... arguments) {
        String assets = System.getenv().getOrDefault("KUBEBUILDER_ASSETS", "");
        LabProcess jvm = Launcher.local(folder).start(heldLab(arguments).env("KUBEBUILDER_ASSETS", assets));
        Path directory = Path.of(jvm.awaitLog("^directory ", LIMIT).substring("directory ".length()));
        Set<Long> processes = processesOf(directory);
        assertThat(processes).hasSizeGreaterThan(6);
        assertThat(directory).exists();
        jvm.signal(signal);
        jvm.awaitExit(LIMIT);
        awaitNothingOf(directory, processes);
    }

    @Test
    void twoLabsWithTheSameAddressesRunSideBySide() {
        try (Lab one = Lab.start();
                Lab two = Lab.start()) {
            for (Lab lab : List.of(one, two)) {
                String name = lab == one ? "one" : "two";
                Pod server = lab.addPod("server", "node-b");
                server.start(Apps.app("serve", "--name", name, "--http", "80")).awaitLog("^serving$", LIMIT);
            }
            for (Lab lab : List.of(one, two)) {
                String name = lab == one ? "one" : "two";
                Pod client = lab.addPod("client", "node-a");
                String address = lab.pods().get(1).ip();
                assertThat(client.exec(Apps.app("connect", "--target", address + ":80", "--count", "5"))
                                .out())
                        .contains("\"answers\":{\"" + name + "\":5}");
            }
        }
    }

    @Test
    void wrongNamesAreRefused() {
        try (Lab lab = Lab.start(new LabConfig(List.of(new NodeSpec("only", "zone-a")), false))) {
            assertThatThrownBy(() -> lab.addPod("web", "node-a")).hasMessageContaining("no node node-a");
            Pod pod = lab.addPod("web", "only");
            assertThat(pod.ips()).containsExactly("10.244.1.2");
            assertThatThrownBy(() -> lab.addPod("web", "only")).hasMessageContaining("a pod web already");
            assertThatThrownBy(() -> lab.addPod(PodSpec.of("other", "only").host(2)))
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining("belongs to web");
        }
    }

    private static ProcessSpec heldLab(String... arguments) {
        // A shell's background job ignores SIGINT and hands that down, and a JVM leaves it so.
        return ProcessSpec.of(
                        "env",
                        "--default-signal=INT",
                        Apps.java().toString(),
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HeldLab.class.getName())
                .plus(arguments);
    }

    /** All processes that are in a namespace of the lab, or whose command names the lab's folder. */
    private static Set<Long> processesOf(Path directory) {
        Set<Long> named = processes()
                .filter(pid -> commandLine(pid).contains(directory.toString()))
                .collect(Collectors.toSet());
        String own = namespaceOf("self");
        Set<String> namespaces = named.stream()
                .map(pid -> namespaceOf(Long.toString(pid)))
                .filter(namespace -> !namespace.isEmpty() && !namespace.equals(own))
                .collect(Collectors.toSet());
        return processes()
                .filter(pid -> named.contains(pid) || namespaces.contains(namespaceOf(Long.toString(pid))))
                .collect(Collectors.toSet());
    }

    private static Stream<Long> processes() {
        return ProcessHandle.allProcesses().map(ProcessHandle::pid);
    }

    private static String commandLine(long pid) {
        try {
            return new String(Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    private static String namespaceOf(String pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net")).toString();
        } catch (IOException e) {
            return ""; // it has ended, or is another user's
        }
    }

    private static void awaitNothingOf(Path directory, Set<Long> processes) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline && (Files.exists(directory) || anyAlive(processes))) {
            Thread.onSpinWait();
        }
        assertThat(directory).doesNotExist();
        assertThat(processesOf(directory)).isEmpty();
        assertThat(processes).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    }

    private static boolean anyAlive(Set<Long> processes) {
        return processes.stream().anyMatch(pid -> ProcessHandle.of(pid).isPresent());
    }
}
