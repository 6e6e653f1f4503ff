package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubprocessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void bothOutputsArriveWholeHoweverLarge() throws IOException {
        Subprocess.Result result = sh("seq 1 40000; seq 1 40000 >&2; exit 3", null, PATIENCE);
        assertThat(result.status()).isEqualTo(3);
        assertThat(result.out()).endsWith("\n40000\n").hasLineCount(40_000);
        assertThat(result.err()).endsWith("\n40000\n").hasLineCount(40_000);
    }

    @Test
    void inputIsHandedOverAndEnded() throws IOException {
        assertThat(sh("cat", "*nat\nCOMMIT\n", PATIENCE).out()).isEqualTo("*nat\nCOMMIT\n");
        assertThat(sh("cat", null, PATIENCE).out()).isEmpty();
    }

    @Test
    void aProgramThatDoesNotReadItsInputIsJudgedByItsStatus() throws IOException {
        assertThat(sh("exec 0<&-; echo no >&2; exit 5", "x".repeat(1 << 20), PATIENCE)
                        .status())
                .isEqualTo(5);
    }

    @Test
    void aProgramThatHangsIsEndedAtTheDeadline() throws IOException {
        Subprocess.Result result = sh("echo begun; exec sleep 60", null, Duration.ofMillis(300));
        assertThat(result.timedOut()).isTrue();
        assertThat(result.out()).isEqualTo("begun\n");
    }

    @Test
    void aMissingProgramIsAnError() {
        assertThatThrownBy(() -> Subprocess.run(List.of("/nonexistent/iptables-save"), null, PATIENCE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/nonexistent/iptables-save");
    }

    @Test
    void aComplaintIsOneLine() {
        assertThat(new Subprocess.Result(2, "", "\nError:\n  one   two\n").complaint())
                .isEqualTo("Error: one two");
    }

    private static Subprocess.Result sh(
            String script, @org.jspecify.annotations.Nullable String input, Duration timeout) throws IOException {
        return Subprocess.run(List.of("sh", "-c", script), input, timeout);
    }
}
