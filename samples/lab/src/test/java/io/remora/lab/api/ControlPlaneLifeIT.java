package io.remora.lab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left when the JVM of a control plane is killed: nothing. */
@Timeout(120)
class ControlPlaneLifeIT {

    /** Launches a control plane, prints its folder and its server's process, and waits to be killed. */
    public static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws Exception {
            try (ControlPlane plane = EmbeddedProcessControlPlane.launch(ControlPlaneSite.local())) {
                long server = ProcessHandle.current()
                        .children()
                        .filter(child -> child.info().command().orElse("").endsWith("java"))
                        .findFirst()
                        .orElseThrow()
                        .pid();
                System.out.println(plane.kubeconfig().getParent() + " " + server);
                TimeUnit.SECONDS.sleep(100);
            }
        }
    }

    @Test
    void aKilledJvmLeavesNoProcessAndNoFile() throws Exception {
        Process jvm = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            assertThat(line).isNotNull();
            List<String> words = List.of(line.split(" ", -1));
            Path folder = Path.of(words.get(0));
            ProcessHandle server =
                    ProcessHandle.of(Long.parseLong(words.get(1))).orElseThrow();
            assertThat(folder).exists();
            jvm.destroyForcibly();
            await().atMost(Duration.ofSeconds(20)).until(() -> !server.isAlive() && Files.notExists(folder));
        } finally {
            jvm.destroyForcibly();
        }
    }
}
