package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentFlagsTest {

    @Test
    void settingsWithAValueEachAreRead() {
        AgentFlags flags = AgentFlags.read(
                List.of("--hold=4s", "--admin-port", "1234", "--api-server=http://a:1?x=y", "--policy="));

        assertThat(flags.problems()).isEmpty();
        assertThat(flags.values())
                .isEqualTo(Map.of(
                        "--hold", "4s", "--admin-port", "1234", "--api-server", "http://a:1?x=y", "--policy", ""));
    }

    @Test
    void noFlagsAreFlagsToo() {
        assertThat(AgentFlags.read(List.of())).isEqualTo(new AgentFlags(Map.of(), List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--hodl 1s | --hodl: there is no such flag; did you mean --hold?",
                "--hodl=1s | --hodl: there is no such flag; did you mean --hold?",
                "--frobnicate=1 | --frobnicate: there is no such flag",
                "--xy | --xy: there is no such flag",
                "-x | -x: there is no such flag",
                "1s | '1s': not expected; settings are given as --NAME=VALUE",
                "--hold | --hold: the value is missing; give --hold=VALUE",
                "--hold --policy=p2c | --hold: the value is missing; give --hold=VALUE",
                "--hold 1s --hold=2s | --hold: given more than once; give it once",
            })
    void whatIsWrongIsSaid(String line, String problem) {
        assertThat(AgentFlags.read(List.of(line.split(" "))).problems()).containsExactly(problem);
    }

    @Test
    void allThatIsWrongIsSaid() {
        AgentFlags flags = AgentFlags.read(List.of("--hodl", "1s", "agent", "--admin-port=-1", "--threads"));

        assertThat(flags.values()).isEqualTo(Map.of("--admin-port", "-1"));
        assertThat(flags.problems()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "endpoints", "agent --help", "agent --hodl -h", "agent --version"})
    void helpAndOtherCommandsAreLeftToPicocli(String line) {
        assertThat(AgentFlags.isAgent(line.split(" "))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent", "agent --hold 1s", "agent --hodl"})
    void anAgentIsRun(String line) {
        assertThat(AgentFlags.isAgent(line.split(" "))).isTrue();
    }
}
