package io.remora.install;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that is run from tests.
 *
 * @param path of it
 */
public record Program(Path path) {

    private static final int SECONDS = 120;

    /** What a program said. */
    public record Said(int status, String out, String err) {}

    /** Finds helm; without it the test is skipped, or fails where {@code -Dremora.test.require.helm=true}. */
    public static Program helm() {
        Path found = find("helm");
        if (found == null) {
            String message = "helm is not on the PATH (GOBIN=... go install helm.sh/helm/v3/cmd/helm@v3.22.0)";
            if (Boolean.getBoolean("remora.test.require.helm")) {
                fail(message);
            }
            abort(message);
        }
        return new Program(Path.of(String.valueOf(found)));
    }

    /** Finds kubectl, in the folder of KUBEBUILDER_ASSETS or on the PATH; without it the test is skipped. */
    public static Program kubectl() {
        String assets = System.getenv("KUBEBUILDER_ASSETS");
        Path beside = assets == null ? null : Path.of(assets, "kubectl");
        Path found = beside != null && Files.isExecutable(beside) ? beside : find("kubectl");
        if (found == null) {
            String message = "kubectl is neither in KUBEBUILDER_ASSETS nor on the PATH";
            if (Boolean.getBoolean("remora.test.require.apiserver")) {
                fail(message);
            }
            abort(message);
        }
        return new Program(Path.of(String.valueOf(found)));
    }

    private static @Nullable Path find(String name) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            Path path = Path.of(folder, name);
            if (Files.isExecutable(path)) {
                return path;
            }
        }
        return null;
    }

    /** Runs it and returns its output; fails if it does. */
    public String run(String... arguments) throws IOException, InterruptedException {
        return run("", arguments);
    }

    /** Runs it with an input, and returns its output; fails if it does. */
    public String run(String input, String[] arguments) throws IOException, InterruptedException {
        Said said = tryRun(input, arguments);
        if (said.status() != 0) {
            throw new AssertionError(path + " " + String.join(" ", arguments) + ":\n" + said.out() + said.err());
        }
        return said.out();
    }

    /** Runs it with an input. */
    public Said tryRun(String input, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(path.toString()));
        command.addAll(List.of(arguments));
        Path in = Files.createTempFile("input", ".txt");
        Path out = Files.createTempFile("output", ".txt");
        Path err = Files.createTempFile("error", ".txt");
        try {
            Files.writeString(in, input);
            Process process = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end");
            }
            return new Said(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            Files.delete(in);
            Files.delete(out);
            Files.delete(err);
        }
    }
}
