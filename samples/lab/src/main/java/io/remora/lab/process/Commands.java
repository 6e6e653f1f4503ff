package io.remora.lab.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs short commands of the machine to their end. */
public final class Commands {
    private Commands() {}

    /**
     * Runs a command on the machine with this JVM's environment, and kills it when {@code limit} has passed.
     *
     * @throws LabException when the program cannot be started
     */
    public static ExecResult run(List<String> command, Duration limit) {
        try {
            Path out = Files.createTempFile("remora-lab-", ".out");
            Path err = Files.createTempFile("remora-lab-", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                return finish(command, builder.start(), limit, out, err);
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new LabException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
        }
    }

    private static ExecResult finish(List<String> command, Process process, Duration limit, Path out, Path err)
            throws IOException {
        boolean ended = waitFor(process, limit);
        if (!ended) {
            process.destroyForcibly();
            waitFor(process, Duration.ofSeconds(10));
        }
        return new ExecResult(
                command,
                process.isAlive() ? 137 : process.exitValue(),
                !ended,
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static boolean waitFor(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for a command", e);
        }
    }
}
