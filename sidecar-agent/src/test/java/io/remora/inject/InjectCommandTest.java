package io.remora.inject;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class InjectCommandTest {

    private static final String POD =
            "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {containers: [{name: a}]}\n";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new InjectCommand("1.2.3"))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private String file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void filesBecomeOneStreamWhichCanBeTakenBack() throws Exception {
        String one = file("one.yaml", POD.formatted("one"));
        String two = file("two.yaml", POD.formatted("two").stripTrailing());
        assertThat(run("--service-cidr", "10.96.0.0/16", "--set", "policy=random", one, two))
                .isZero();
        assertThat(out.toString()).contains("REMORA_POLICY", "\n---\n", "1.2.3");
        assertThat(err.toString()).isEqualToNormalizingNewlines("pod/one: injected\npod/two: injected\n");

        String injected = file("injected.yaml", out.toString());
        out.getBuffer().setLength(0);
        assertThat(run("--uninject", injected)).isZero();
        assertThat(out.toString()).isEqualTo(Files.readString(Path.of(one)) + "---\n" + Files.readString(Path.of(two)));
    }

    @Test
    void nothingIsWrittenIfSomethingCannotBeInjected() throws Exception {
        String well = file("well.yaml", POD.formatted("well"));
        String host = file("host.yaml", POD.formatted("host").replace("spec: {", "spec: {hostNetwork: true, "));
        assertThat(run("--service-cidr", "10.96.0.0/16", well, host)).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .contains(
                        "Nothing was written:", host + ": pod/host: hostNetwork is true", "remora.io/inject: disabled");
    }

    @Test
    void badUsageIsNamed() {
        assertThat(run("--set", "polcy=random", "-")).isEqualTo(2);
        assertThat(err.toString()).contains("--set polcy: there is no such setting; did you mean policy?");
        assertThat(run("--sidecar", "both", "-")).isEqualTo(2);
        assertThat(err.toString()).contains("--sidecar both: give one of native, plain");
        assertThat(run("/nonexistent/file.yaml")).isEqualTo(2);
        assertThat(err.toString()).contains("/nonexistent/file.yaml: cannot be read");
    }

    @Test
    void withoutPodsItSaysSo() throws Exception {
        assertThat(run(file("none.yaml", "kind: ConfigMap\napiVersion: v1\n"))).isZero();
        assertThat(err.toString()).contains("no pods were found");
    }
}
