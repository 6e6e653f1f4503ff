package io.remora.lab.api;

import io.remora.lab.process.LabException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a control plane. A temporary one is watched by a shell that waits for the end of its input, which comes when
 * this JVM ends, even by SIGKILL, and then removes it.
 */
final class WorkFolder implements AutoCloseable {
    private static final String REAPER =
            "trap '' INT TERM HUP; cat >/dev/null; for i in 1 2 3 4 5; do rm -rf -- \"$1\" && exit 0; sleep 0.2; done";

    private final Path path;
    private final @Nullable Process reaper;

    private WorkFolder(Path path, @Nullable Process reaper) {
        this.path = path;
        this.reaper = reaper;
    }

    /** An own folder inside of {@code parent}, or a temporary one when that is null. */
    static WorkFolder create(@Nullable Path parent) {
        try {
            if (parent != null) {
                return new WorkFolder(Files.createTempDirectory(parent, "control-plane-"), null);
            }
            Path path = Files.createTempDirectory("remora-control-plane-");
            Process reaper = new ProcessBuilder(List.of("setsid", "sh", "-c", REAPER, "sh", path.toString()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new WorkFolder(path, reaper);
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for the control plane's files: " + e.getMessage(), e);
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            if (reaper == null) {
                removeAll(path);
                return;
            }
            reaper.getOutputStream().close();
            if (!reaper.waitFor(10, TimeUnit.SECONDS)) {
                throw new LabException("the files in " + path + " could not be removed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Removes a folder and all that is in it; nothing happens when there is none. */
    static void removeAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
