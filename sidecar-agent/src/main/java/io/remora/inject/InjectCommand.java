package io.remora.inject;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code remora inject}: manifests in, manifests with agents out. */
@Command(
        name = "inject",
        mixinStandardHelpOptions = true,
        description = "Add the init step and the agent to the pods of manifests, and write them to the standard output;"
                + " everything else stays as it was written.",
        footer = {
            "",
            "Annotations of the pods set what --set sets: remora.io/policy: random is --set policy=random.",
            "remora.io/inject: disabled leaves pods alone."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:written",
            "1:some pods cannot have an agent, or a file is no YAML; nothing is written",
            "2:bad usage, or a file cannot be read"
        })
public final class InjectCommand implements Callable<Integer> {

    private static final int REFUSED = 1;
    private static final int UNREADABLE = 2;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of YAML or JSON; - is the standard input.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--uninject", description = "Take out what was injected instead.")
    private boolean uninject;

    @Mixin
    private InjectFlags flags = new InjectFlags();

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    private final String version;

    /** @param version of Remora */
    public InjectCommand(String version) {
        this.version = version;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Injector injector = new Injector(flags.options(spec.commandLine()), version);
        StringBuilder written = new StringBuilder();
        List<String> notes = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String file : files) {
            try {
                String text = read(file);
                Injector.Result result = uninject ? injector.uninject(text) : injector.inject(text);
                separate(written, result.text());
                notes.addAll(result.notes());
            } catch (IOException e) {
                err.println(file + ": cannot be read: " + e.getMessage());
                return UNREADABLE;
            } catch (InjectException e) {
                e.problems().forEach(problem -> problems.add(file + ": " + problem));
            }
        }
        if (!problems.isEmpty()) {
            err.println("Nothing was written:");
            problems.forEach(problem -> err.println("  " + problem));
            return REFUSED;
        }
        spec.commandLine().getOut().print(written);
        spec.commandLine().getOut().flush();
        (notes.isEmpty() ? List.of("no pods were found") : notes).forEach(err::println);
        return 0;
    }

    /** Files are documents of one stream. */
    private static void separate(StringBuilder written, String text) {
        if (!written.isEmpty() && !text.startsWith("---")) {
            written.append(written.charAt(written.length() - 1) == '\n' ? "---\n" : "\n---\n");
        }
        written.append(text);
    }

    private static String read(String file) throws IOException {
        if (file.equals("-")) {
            InputStream in = System.in;
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        return Files.readString(Path.of(file));
    }
}
