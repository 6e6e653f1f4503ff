package io.remora.inject;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code remora inject}: manifests in, manifests with agents out. */
@Command(
        name = "inject",
        mixinStandardHelpOptions = true,
        description = "Add the init step and the agent, as a native sidecar (Kubernetes 1.29 and newer), to the pods of"
                + " manifests, and write them to the standard output; everything else stays as it was written.",
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

    @Option(
            names = "--service-cidr",
            paramLabel = "CIDR,...",
            description = "Service CIDRs of the cluster: kubectl get servicecidrs.")
    private @Nullable String serviceCidr;

    @Option(
            names = "--agent-image",
            paramLabel = "IMAGE",
            defaultValue = "remora-agent",
            description = "Image of the agent (default: ${DEFAULT-VALUE}).")
    private String agentImage = "";

    @Option(
            names = "--init-image",
            paramLabel = "IMAGE",
            defaultValue = "remora-iptables-init",
            description = "Image of the init step (default: ${DEFAULT-VALUE}).")
    private String initImage = "";

    @Option(
            names = "--image-pull-policy",
            paramLabel = "POLICY",
            defaultValue = "IfNotPresent",
            description = "Of both images (default: ${DEFAULT-VALUE}).")
    private String pullPolicy = "";

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A setting of the init step or the agent, by its flag without dashes; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

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
        if (serviceCidr != null) {
            settings.put(PodSettings.SERVICE_CIDR, serviceCidr);
        }
        for (String name : settings.keySet()) {
            String hint = PodSettings.hint(name);
            if (hint != null) {
                throw new ParameterException(spec.commandLine(), "--set " + name + ": there is no such setting" + hint);
            }
        }
        Injector injector = new Injector(new InjectOptions(agentImage, initImage, pullPolicy, settings), version);
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
