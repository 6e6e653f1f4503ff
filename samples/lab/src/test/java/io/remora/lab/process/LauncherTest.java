package io.remora.lab.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private ProcessLauncher launcher;

    @BeforeEach
    void createLauncher() {
        launcher = Launcher.local(folder);
    }

    @Test
    void execKeepsOutputAndErrorsApart() {
        ExecResult result = launcher.exec("sh", "-c", "echo good; echo bad >&2; exit 3");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out()).isEqualTo("good\n");
        assertThat(result.err()).isEqualTo("bad\n");
        assertThatThrownBy(result::orThrow).hasMessageContaining("exit code 3").hasMessageContaining("bad");
    }

    @Test
    void aLogLineIsWaitedFor() {
        try (LabProcess process = launcher.start(ProcessSpec.of("sh", "-c", "echo one; echo two 2; sleep 60"))) {
            assertThat(process.awaitLog("two \\d", LIMIT)).isEqualTo("two 2");
            assertThatThrownBy(() -> process.awaitLog("three", Duration.ofMillis(20)))
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining("did not log \"three\"")
                    .hasMessageContaining("two 2");
            assertThat(process.residentBytes()).isPositive();
            assertThat(process.openFiles()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void aProcessThatEndsEarlySaysSo() {
        LabProcess process = launcher.start(ProcessSpec.of("sh", "-c", "echo no such luck; exit 4"));
        assertThatThrownBy(() -> process.awaitLog("ready", LIMIT))
                .hasMessageContaining("ended with 4")
                .hasMessageContaining("no such luck");
    }

    @Test
    void stopAsksBeforeItKills() {
        LabProcess polite =
                launcher.start(ProcessSpec.of("sh", "-c", "trap 'exit 7' TERM; echo up; while :; do sleep 0.02; done"));
        polite.awaitLog("up", LIMIT);
        assertThat(polite.stop(LIMIT)).isEqualTo(7);
        LabProcess deaf = launcher.start(ProcessSpec.of("sh", "-c", "trap '' TERM; echo up; sleep 60"));
        deaf.awaitLog("up", LIMIT);
        assertThat(deaf.stop(Duration.ofMillis(50))).isEqualTo(137);
        assertThat(deaf.stop(LIMIT)).isEqualTo(137);
    }

    @Test
    void aMissingProgramIsNamed() {
        ExecResult result = launcher.exec("no-such-program");
        assertThat(result.ok()).isFalse();
        assertThat(result.err()).contains("no-such-program");
    }

    @Test
    void limitsOfOpenFilesAreSet() {
        assertThat(launcher.exec(ProcessSpec.of("sh", "-c", "ulimit -n").noFile(77))
                        .out())
                .isEqualTo("77\n");
    }
}
