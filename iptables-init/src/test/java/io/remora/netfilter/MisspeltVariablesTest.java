package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MisspeltVariablesTest {

    @Test
    void aNameThatIsOneCharacterOffIsWarnedOf() {
        assertThat(MisspeltVariables.warnings(Map.of(
                        "REMORA_EXCLUDE_PORT", "25",
                        "REMORA_CAPTURE_CIDR", "10.96.0.0/16",
                        "REMORA_LOCKWAIT", "3s",
                        "REMORA_IPV5", "off")))
                .containsExactly(
                        "REMORA_CAPTURE_CIDR is not read; did you mean REMORA_CAPTURE_CIDRS?",
                        "REMORA_EXCLUDE_PORT is not read; did you mean REMORA_EXCLUDE_PORTS?",
                        "REMORA_IPV5 is not read; did you mean REMORA_IPV6?",
                        "REMORA_LOCKWAIT is not read; did you mean REMORA_LOCK_WAIT?");
    }

    @Test
    void settingsAndVariablesOfTheAgentAndOfServicesAreNotWarnedOf() {
        for (Setting setting : Setting.values()) {
            assertThat(MisspeltVariables.warnings(Map.of(setting.variable(), "1")))
                    .isEmpty();
        }
        for (String name : List.of(
                "REMORA_CAPTURE_ADDRESSES",
                "REMORA_CAPTURE_BACKLOG",
                "REMORA_ADMIN_PORT",
                "REMORA_POLICY",
                "REMORA_PORT",
                "REMORA_SERVICE_PORT",
                "REMORA_CAPTURE_PORT_80_TCP")) {
            assertThat(MisspeltVariables.warnings(Map.of(name, "1"))).isEmpty();
        }
        assertThat(MisspeltVariables.warnings(Map.of("REMORA_CAPTURES_PORT", "tcp://10.96.1.2:80")))
                .isEmpty();
        assertThat(MisspeltVariables.warnings(Map.of("EXCLUDE_PORT", "1"))).isEmpty();
    }
}
