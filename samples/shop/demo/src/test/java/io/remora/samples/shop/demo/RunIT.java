package io.remora.samples.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.LabRequirements;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script, with the starter; {@link ShopPageIT} is the shop with agents. */
class RunIT {
    private static final int LIMIT_SECONDS = 400;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path folder;

    @Test
    void theStoryOfTheStarterIsTrueAndNothingIsLeft() throws Exception {
        LabRequirements.check();
        Run run = run("--no-build", "--starter", "--port", "0");
        assertThat(run.status()).as(run.text()).isZero();
        List<String> lines = run.text().lines().toList();
        for (int step = 1; step <= 4; step++) {
            Pattern begin = Pattern.compile(" *\\d+ s  ok        " + step + "  .*");
            assertThat(lines)
                    .as(run.text())
                    .anyMatch(line -> begin.matcher(line).matches());
        }
        assertThat(lines.get(lines.size() - 1))
                .matches(" *\\d+ s  All of it was true: \\d{3,} requests, \\d{1,2} failed\\.");
        try (Stream<ProcessHandle> left = ProcessHandle.allProcesses()) {
            assertThat(left.map(process -> process.info().commandLine().orElse(""))
                            .filter(line -> line.contains(Jars.root() + "/samples/shop/reviews/reviews.py")))
                    .as("processes that are left")
                    .isEmpty();
        }
    }

    @Test
    void argumentsAreChecked() throws Exception {
        Run run = run("--bogus");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.text()).contains("unknown option --bogus", "usage: samples/shop/run");
    }

    private record Run(int status, String text) {}

    private Run run(String... arguments) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        String[] command = Stream.concat(
                        Stream.of(Jars.root().resolve("samples/shop/run").toString()), Stream.of(arguments))
                .toArray(String[]::new);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(output.toFile()))
                .start();
        try {
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            String text = Files.readString(output);
            assertThat(ended).as(text).isTrue();
            return new Run(process.exitValue(), text);
        } finally {
            process.destroy();
        }
    }
}
