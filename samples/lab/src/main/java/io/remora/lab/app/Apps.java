package io.remora.lab.app;

import io.remora.lab.process.LabException;
import io.remora.lab.process.ProcessSpec;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@link LabApp} as a process to start. */
public final class Apps {
    private Apps() {}

    /** A command of {@link LabApp} with a small heap, on the JDK that runs this JVM. */
    public static ProcessSpec app(String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                java().toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                "-Xmx64m",
                "-Xss256k",
                "-cp",
                classPath().toString(),
                LabApp.class.getName(),
                command));
        line.addAll(Arrays.asList(arguments));
        return ProcessSpec.of(line).named(command);
    }

    /** The {@code java} program of the JDK that runs this JVM. */
    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** The jar or folder that this class was loaded from. */
    static Path classPath() {
        try {
            return Path.of(LabApp.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new LabException("the lab's own jar cannot be found", e);
        }
    }
}
