package io.remora.agent;

import io.remora.agent.AdminClient.AdminException;
import io.remora.agent.Explainer.UnknownServiceException;
import io.remora.discovery.IpAddress;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code remora explain}: what becomes of a connection to an address, step by step, and why. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Explain what becomes of a connection: which rule captures it, which Service and port it is for, which"
                    + " endpoints it may go to and why not to the others, how one is chosen, what happens if that fails.",
            "Asks the agent in this pod; with --from, answers from saved objects, without an agent or a cluster:",
            "  kubectl get services,endpointslices,nodes -A -o yaml > dump.yaml",
            "  remora explain --from dump.yaml --node node-1 10.96.0.10:80"
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:explained, whatever the decision", "2:bad input, or no agent can be reached there"})
final class ExplainCommand implements Callable<Integer> {

    private static final int BAD_INPUT = 2;

    @Parameters(
            arity = "0..*",
            paramLabel = "TARGET",
            description = "ADDRESS:PORT, [ADDRESS]:PORT, or NAME.NAMESPACE:PORT with the port's number or name.")
    private List<String> targets = new ArrayList<>();

    @Option(
            names = "--from",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Services, EndpointSlices and Nodes as YAML or JSON; - is standard input.")
    private List<String> files = new ArrayList<>();

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "With --from: the client's node. Its zone and addresses are read from its Node object.")
    private @Nullable String node;

    @Option(names = "--zone", paramLabel = "ZONE", description = "With --from: the client's zone, if no Node tells it.")
    private @Nullable String zone;

    @Option(
            names = "--client",
            paramLabel = "ADDRESS",
            description = "The client's address; loadBalancerSourceRanges and affinity are judged by it.")
    private @Nullable String client;

    @Option(
            names = "--service-cidr",
            split = ",",
            paramLabel = "CIDR",
            description = "With --from: what the init step captures; everything, if left out.")
    private List<String> serviceCidrs = new ArrayList<>();

    @Option(
            names = "--undefined-ports",
            paramLabel = "reject|pass-through",
            description = "With --from: the agent's setting of that name, reject if left out.")
    private @Nullable String undefinedPorts;

    @Mixin
    @SuppressWarnings("NullAway.Init") // by picocli
    private AdminOption admin;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Text for people, or one JSON object a line for each target.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Output output;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        try {
            ExplainFiles.Split split = ExplainFiles.split(files, targets);
            if (split.targets().isEmpty()) {
                throw new BadInputException(ExplainFiles.noTarget(split.files()));
            }
            List<ExplainTarget> parsed = parse(split.targets());
            if (split.files().isEmpty()) {
                refuseFileOptions();
                return print(live(parsed));
            }
            return print(fromFiles(split.files(), parsed));
        } catch (BadInputException e) {
            PrintWriter err = spec.commandLine().getErr();
            e.problems().forEach(err::println);
            err.flush();
            return BAD_INPUT;
        }
    }

    /** Bad input, every problem in a line of its own. */
    static final class BadInputException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient List<String> problems;

        BadInputException(List<String> problems) {
            super(String.join("\n", problems));
            this.problems = List.copyOf(problems);
        }

        List<String> problems() {
            return problems;
        }
    }

    private static List<ExplainTarget> parse(List<String> targets) throws BadInputException {
        List<ExplainTarget> parsed = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String target : targets) {
            try {
                parsed.add(ExplainTarget.parse(target));
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
        return parsed;
    }

    private void refuseFileOptions() throws BadInputException {
        List<String> problems = new ArrayList<>();
        if (node != null) {
            problems.add("--node is of use with --from only: a running agent knows its node");
        }
        if (zone != null) {
            problems.add("--zone is of use with --from only: a running agent knows its zone");
        }
        if (!serviceCidrs.isEmpty()) {
            problems.add("--service-cidr is of use with --from only: a running agent has its setting capture-cidrs");
        }
        if (undefinedPorts != null) {
            problems.add("--undefined-ports is of use with --from only: a running agent has its setting of that name");
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    private List<ExplainView> live(List<ExplainTarget> parsed) throws BadInputException {
        clientAddress();
        List<ExplainView> views = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (ExplainTarget target : parsed) {
            try {
                views.add(AdminClient.explain(admin.address(), target.text(), client));
            } catch (AdminException e) {
                if (!problems.contains(e.getMessage())) {
                    problems.add(e.getMessage());
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
        return views;
    }

    private List<ExplainView> fromFiles(List<String> from, List<ExplainTarget> parsed) throws BadInputException {
        IpAddress address = clientAddress();
        ExplainFiles.Options options = ExplainFiles.Options.of(node, zone, serviceCidrs, undefinedPorts);
        ExplainFiles read = ExplainFiles.read(from, options);
        read.warnings().forEach(spec.commandLine().getErr()::println);
        List<ExplainView> views = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (ExplainTarget target : parsed) {
            try {
                views.add(read.explainer().explain(target, address));
            } catch (UnknownServiceException e) {
                problems.add(e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
        return views;
    }

    private @Nullable IpAddress clientAddress() throws BadInputException {
        if (client == null) {
            return null;
        }
        String text = client;
        return IpAddress.tryParse(text)
                .orElseThrow(() -> new BadInputException(List.of("--client must be an IP address: '" + text + "'")));
    }

    private int print(List<ExplainView> views) {
        PrintWriter out = spec.commandLine().getOut();
        for (int i = 0; i < views.size(); i++) {
            if (output == Output.json) {
                out.println(ExplainJson.line(views.get(i)));
            } else {
                out.print((i == 0 ? "" : "\n") + ExplainText.format(views.get(i)));
            }
        }
        out.flush();
        return 0;
    }

    /** Values of {@code -o}, written as the user writes them. */
    @SuppressWarnings("MemberName")
    enum Output {
        text,
        json
    }
}
