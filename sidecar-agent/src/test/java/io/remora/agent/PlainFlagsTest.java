package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainFlagsTest {

    @Test
    void settingsWithAValueEachAreRead() {
        String[] args = {"agent", "--hold=4s", "--admin-port", "1234", "--api-server=http://a:1?x=y"};

        assertThat(PlainFlags.read(args))
                .isEqualTo(Map.of("--hold", "4s", "--admin-port", "1234", "--api-server", "http://a:1?x=y"));
    }

    @Test
    void noFlagsAreFlagsToo() {
        assertThat(PlainFlags.read(new String[] {"agent"})).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "endpoints",
                "agent --help",
                "agent --version",
                "agent --hold",
                "agent --hold --help",
                "agent --hold 1s --hold 2s",
                "agent --hodl 1s",
                "agent 1s",
                "agent --hold \"1s\""
            })
    void anythingElseIsLeftToPicocli(String line) {
        String[] args = line.isEmpty() ? new String[0] : line.split(" ");

        assertThat(PlainFlags.read(args)).isNull();
    }
}
