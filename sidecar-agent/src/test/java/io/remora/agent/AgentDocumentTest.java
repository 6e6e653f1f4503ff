package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AgentDocumentTest {

    @Test
    void everyExitCodeIsDocumented() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "agent.md"));

        for (ExitCode code : ExitCode.values()) {
            assertThat(page).contains("| " + code.status() + " | ");
        }
    }
}
