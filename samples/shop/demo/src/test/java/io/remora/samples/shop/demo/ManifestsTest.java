package io.remora.samples.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.app.Apps;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is committed as generated is what the injector makes now. */
@Timeout(120)
class ManifestsTest {
    private static final Path SHOP = Jars.root().resolve("samples/shop");
    private static final Path AGENT = Jars.root().resolve("sidecar-agent/target/remora.jar");

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"namespace", "catalog", "stock", "reviews", "web"})
    void theVariantWithSidecarsIsWhatTheInjectorMakesOfTheBase(String name) throws Exception {
        String injected = inject(
                "--service-cidr",
                "10.96.0.0/16",
                "--set",
                "agent-cpu=25m",
                base(name).toString());
        assertThat(SHOP.resolve("sidecar/" + name + ".yaml"))
                .as("made by samples/shop/inject")
                .hasContent(injected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"catalog", "stock", "reviews", "web"})
    void takenOutAgainTheBaseIsLeft(String name) throws Exception {
        String taken =
                inject("--uninject", SHOP.resolve("sidecar/" + name + ".yaml").toString());
        assertThat(base(name)).hasContent(taken);
    }

    private static Path base(String name) {
        return SHOP.resolve("base/" + name + ".yaml");
    }

    private String inject(String... arguments) throws IOException, InterruptedException {
        assertThat(AGENT).as("mvn package makes it").isRegularFile();
        List<String> command = new ArrayList<>(
                List.of(Apps.java().toString(), "-XX:TieredStopAtLevel=1", "-jar", AGENT.toString(), "inject"));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(Redirect.to(out.toFile()))
                .redirectError(Redirect.to(err.toFile()))
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        return Files.readString(out);
    }
}
