package io.remora;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page under docs/ that is made from a table in the code, and committed. */
public final class CommittedDocument {

    private static final String UPDATE = "remora.docs.update";

    private CommittedDocument() {}

    /** Fails if the committed page differs; writes it instead if the system property {@code remora.docs.update} is true. */
    public static void check(String name, String content) throws IOException {
        Path file = Path.of("..", "docs", name);
        if (Boolean.getBoolean(UPDATE)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        }
        assertThat(file)
                .as("run the test with -D" + UPDATE + "=true to write it")
                .hasContent(content);
    }
}
