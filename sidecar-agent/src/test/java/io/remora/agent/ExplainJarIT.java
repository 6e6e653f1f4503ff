package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program as it is shipped, out of which much of the libraries is left, has all that {@code explain --from} needs. */
@Timeout(60)
class ExplainJarIT {

    @Test
    void aDumpWithEveryKindIsReadByTheShippedProgram() throws IOException, InterruptedException {
        Process remora = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        Path.of("target", "remora.jar").toString(),
                        "explain",
                        "--from",
                        Path.of("src", "test", "resources", "explain", "cluster.yaml")
                                .toString(),
                        "--node",
                        "node-a",
                        "-o",
                        "json",
                        "10.96.0.20:80",
                        "172.18.0.11:30080")
                .redirectErrorStream(true)
                .start();
        String output = new String(remora.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(remora.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(remora.exitValue()).as(output).isZero();
        assertThat(output.lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("hinted for the client's zone"))
                .anyMatch(line -> line.contains("\"servicePort\":\"http\""));
    }
}
