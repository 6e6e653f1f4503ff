package io.remora.lab.net;

import io.remora.lab.process.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The first processes of lab, nodes and pods, as shell scripts in this package's resources. */
final class Scripts {
    static final String LAB = "lab.sh";
    static final String NODE = "node.sh";
    static final String POD = "pod.sh";
    private static final List<String> ALL = List.of(LAB, NODE, POD, "common.sh");

    private Scripts() {}

    /** Writes all of them into {@code directory}. */
    static void unpack(Path directory) throws IOException {
        for (String script : ALL) {
            try (InputStream in = Scripts.class.getResourceAsStream(script)) {
                if (in == null) {
                    throw new LabException("the lab's jar lacks its script " + script);
                }
                Files.copy(in, directory.resolve(script));
            }
        }
    }
}
