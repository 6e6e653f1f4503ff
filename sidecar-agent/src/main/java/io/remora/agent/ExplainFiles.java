package io.remora.agent;

import io.remora.agent.ExplainCommand.BadInputException;
import io.remora.balancer.BalancerConfig;
import io.remora.config.Durations;
import io.remora.config.RemoraConfig;
import io.remora.config.ServiceAnnotations;
import io.remora.discovery.Cidr;
import io.remora.kubernetes.ObjectDump;
import io.remora.kubernetes.ObjectDump.Document;
import io.remora.kubernetes.ObjectDump.Node;
import io.remora.kubernetes.ObjectDump.UnusableException;
import io.remora.outlier.HealthConfig;
import io.remora.registry.ClientLocation;
import io.remora.registry.RegistryConfig;
import io.remora.registry.RegistrySnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Saved objects to explain from, without an agent and without a cluster.
 *
 * @param warnings what a person should know of the input
 */
record ExplainFiles(Explainer explainer, List<String> warnings) {

    private static final String STANDARD_INPUT = "-";
    private static final String ALL_THAT_IS_NEEDED =
            "kubectl get services,endpointslices,nodes -A -o yaml writes all that is needed";

    /** The command line's files and targets. */
    record Split(List<String> files, List<String> targets) {}

    /** Where the client is, and what is captured. */
    record Options(
            @Nullable String node, @Nullable String zone, List<Cidr> captureCidrs, boolean rejectUndefinedPorts) {

        static Options of(
                @Nullable String node,
                @Nullable String zone,
                List<String> serviceCidrs,
                @Nullable String undefinedPorts)
                throws BadInputException {
            List<String> problems = new ArrayList<>();
            List<Cidr> cidrs = new ArrayList<>();
            for (String text : serviceCidrs) {
                Cidr.tryParseRangeOrAddress(text.strip())
                        .ifPresentOrElse(
                                cidrs::add,
                                () -> problems.add("--service-cidr must be a range like 10.96.0.0/12, or an address: '"
                                        + text + "'"));
            }
            boolean pass = "pass-through".equals(undefinedPorts);
            if (undefinedPorts != null && !pass && !undefinedPorts.equals("reject")) {
                problems.add("--undefined-ports must be reject or pass-through: '" + undefinedPorts + "'");
            }
            if (!problems.isEmpty()) {
                throw new BadInputException(problems);
            }
            return new Options(node, zone, cidrs, !pass);
        }
    }

    /** Targets behind the files are taken for files by the command line: what is no file and reads as a target is one. */
    static Split split(List<String> from, List<String> targets) {
        List<String> files = new ArrayList<>();
        List<String> moved = new ArrayList<>();
        for (String text : from) {
            (!files.isEmpty() && !isFile(text) && isTarget(text) ? moved : files).add(text);
        }
        moved.addAll(targets);
        return new Split(files, moved);
    }

    /** Says that there is no target, and which of the files may have been meant as one. */
    static List<String> noTarget(List<String> files) {
        List<String> problems = new ArrayList<>();
        for (String text : files) {
            if (!isFile(text)) {
                problems.add(
                        text + ": no such file, and no target, which is written ADDRESS:PORT or NAME.NAMESPACE:PORT");
            }
        }
        problems.add("say what to explain: remora explain 10.96.0.10:80; see remora explain --help");
        return problems;
    }

    private static boolean isFile(String text) {
        try {
            return text.equals(STANDARD_INPUT) || Files.exists(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean isTarget(String text) {
        try {
            ExplainTarget.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static ExplainFiles read(List<String> files, Options options) throws BadInputException {
        List<Document> documents = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String file : files) {
            try {
                documents.add(document(file));
            } catch (NoSuchFileException e) {
                problems.add(file + ": no such file");
            } catch (IOException | InvalidPathException e) {
                problems.add(file + ": cannot be read: " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
        try {
            return of(files, ObjectDump.read(documents), options);
        } catch (UnusableException e) {
            throw new BadInputException(e.problems());
        }
    }

    private static Document document(String file) throws IOException {
        boolean standardInput = file.equals(STANDARD_INPUT);
        byte[] bytes = standardInput ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
        return new Document(standardInput ? "standard input" : file, decode(bytes));
    }

    /** UTF-8, or UTF-16 where it begins with that mark, as a redirect of Windows' PowerShell writes it. */
    private static String decode(byte[] bytes) {
        int mark = bytes.length < 2 ? 0 : (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
        String text =
                new String(bytes, mark == 0xfeff || mark == 0xfffe ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8);
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private static ExplainFiles of(List<String> files, ObjectDump dump, Options options) throws BadInputException {
        if (dump.services().isEmpty() && dump.nodes().isEmpty() && dump.slices() == 0) {
            throw new BadInputException(List.of(
                    String.join(", ", files) + ": no Service, EndpointSlice or Node in it; " + ALL_THAT_IS_NEEDED));
        }
        List<String> warnings = new ArrayList<>();
        if (dump.services().isEmpty()) {
            warnings.add("warning: there is no Service in the input; " + ALL_THAT_IS_NEEDED);
        } else if (dump.slices() == 0) {
            warnings.add("warning: there is no EndpointSlice in the input, so no Service has an endpoint; "
                    + ALL_THAT_IS_NEEDED);
        }
        String node = options.node();
        Node known = dump.nodes().stream()
                .filter(each -> each.name().equals(node))
                .findFirst()
                .orElse(null);
        if (node == null) {
            warnings.add("warning: --node is not given: hints and internalTrafficPolicy Local cannot be judged");
        } else if (known == null && !dump.nodes().isEmpty()) {
            warnings.add("warning: there is no Node '" + node + "' in the input; its zone and addresses are not known");
        }
        if (node != null && dump.nodes().isEmpty() && options.zone() == null) {
            warnings.add(
                    "warning: there is no Node in the input; give --zone, or hints for zones are judged by what the"
                            + " endpoints on '" + node + "' say");
        }
        ClientLocation client = known == null || options.zone() != null
                ? ClientLocation.of(node, options.zone())
                : ClientLocation.onNode(known.name(), known.zone());
        RegistryConfig config = new RegistryConfig(
                client,
                known == null ? List.of() : known.addresses(),
                options.rejectUndefinedPorts(),
                options.captureCidrs());
        List<String> steps = RemoraConfig.DEFAULT.relay().connect().steps().stream()
                .map(Durations::format)
                .toList();
        return new ExplainFiles(
                new Explainer(
                        RegistrySnapshot.of(config, dump.services()),
                        Explainer.Use.NONE,
                        new ChoiceExplainer(new ServiceAnnotations(BalancerConfig.DEFAULT, HealthConfig.DEFAULT), null),
                        steps),
                warnings);
    }
}
