package io.remora.check;

import io.remora.kubernetes.ApiAccess;
import io.remora.kubernetes.ApiRequests;
import io.remora.kubernetes.KubernetesConfig;
import io.remora.kubernetes.OwnNamespace;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code remora check}: what keeps Remora from working. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Tell what keeps Remora from working, and how to mend it: of a cluster, before and after it is"
                + " installed; or, inside a pod, of its agent.",
        footer = {
            "",
            "What only the init step can see (capabilities, iptables, rules) is checked by its own --check.",
            "docs/check.md has all checks."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:nothing fails; there may be warnings",
            "1:something fails",
            "2:bad usage, or no cluster is known"
        })
public final class CheckCommand implements Callable<Integer> {

    private static final int FAILS = 1;
    private static final int NO_CLUSTER = 2;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "Of the pods that have agents, or are to have them (default: the kubeconfig's).")
    private @Nullable String namespace;

    @Option(
            names = "--as",
            paramLabel = "ACCOUNT",
            description = "As which agents run, system:serviceaccount:NAMESPACE:NAME; may be repeated (default: the"
                    + " accounts of the namespace's pods with an agent, else its default).")
    private List<String> accounts = new ArrayList<>();

    @Option(
            names = "--service-cidr",
            paramLabel = "CIDR",
            split = ",",
            description = "What is to be captured, to be compared with what the cluster has.")
    private List<String> serviceCidrs = new ArrayList<>();

    @Option(
            names = "--namespaces",
            paramLabel = "NAMESPACE",
            split = ",",
            description = "Namespaces whose Services the agents watch, as the agent's flag (default: all).")
    private List<String> watched = new ArrayList<>();

    @Option(
            names = "--kubernetes-scope",
            paramLabel = "all|on-demand",
            defaultValue = "all",
            description = "Of the agents, as the agent's flag (default: ${DEFAULT-VALUE}).")
    private String scope = "";

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "A kubeconfig to use.")
    private @Nullable Path kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "Its context (default: its current one).")
    private @Nullable String context;

    @Option(names = "--api-server", paramLabel = "URL", description = "An API server that asks for no credentials.")
    private @Nullable URI apiServer;

    @Option(
            names = "--where",
            paramLabel = "auto|cluster|pod",
            defaultValue = "auto",
            description = "What to check; auto is pod inside of one, unless a kubeconfig is given.")
    private Place where = Place.auto;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:15020",
            description = "The agent's admin server (default: ${DEFAULT-VALUE}).")
    private URI admin = URI.create("http://127.0.0.1:15020");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Lines for people, or one JSON object.")
    private Output output = Output.text;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    private final String version;
    private final Map<String, String> environment;

    /**
     * @param version of Remora
     * @param environment of the process
     */
    public CheckCommand(String version, Map<String, String> environment) {
        this.version = version;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public Integer call() {
        checkUsage();
        Findings findings = new Findings();
        boolean pod = isPod();
        if (pod) {
            Checks.ofPod(findings, new HttpAgentPages(admin), new Sockets(Path.of("/proc/self")));
        }
        try (Question question = ask()) {
            Cluster cluster = new ApiCluster(question.api());
            if (pod) {
                Checks.ofOwnRights(findings, cluster, question.target());
            } else {
                Checks.ofCluster(findings, cluster, question.target(), Clock.systemUTC());
            }
        } catch (NoClusterException e) {
            if (!pod) {
                spec.commandLine().getErr().println(e.getMessage());
                return NO_CLUSTER;
            }
            findings.run(new NoToken(String.valueOf(e.getMessage())));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (output == Output.json) {
            CheckReport.json(out, pod ? "pod" : "cluster", version, findings);
        } else {
            CheckReport.text(out, findings);
        }
        return findings.worst() == Level.FAIL ? FAILS : 0;
    }

    private boolean isPod() {
        return where == Place.pod
                || (where == Place.auto
                        && environment.containsKey("KUBERNETES_SERVICE_HOST")
                        && kubeconfig == null
                        && apiServer == null);
    }

    /** Finds whom to ask, and what about. */
    private Question ask() throws NoClusterException {
        try {
            KubernetesConfig config = KubernetesConfig.DEFAULT.withAccess(
                    new ApiAccess(apiServer, kubeconfig, context, ApiAccess.SERVICE_ACCOUNT));
            CheckTarget target = new CheckTarget(
                    namespace != null ? namespace : OwnNamespace.of(config, environment),
                    accounts,
                    serviceCidrs,
                    watched,
                    scope.equals("on-demand"),
                    version);
            return new Question(ApiRequests.open(config, environment), target);
        } catch (IllegalArgumentException e) {
            throw new NoClusterException(String.valueOf(e.getMessage()));
        }
    }

    private record Question(ApiRequests api, CheckTarget target) implements AutoCloseable {

        @Override
        public void close() {
            api.close();
        }
    }

    /** No API server can be found; the message is for the user. */
    private static final class NoClusterException extends Exception {

        private static final long serialVersionUID = 1L;

        NoClusterException(String message) {
            super(message);
        }
    }

    private void checkUsage() {
        for (String account : accounts) {
            if (!RightsCheck.isAccount(account)) {
                throw new ParameterException(
                        spec.commandLine(), "--as must be like system:serviceaccount:shop:default: '" + account + "'");
            }
        }
        if (!scope.equals("all") && !scope.equals("on-demand")) {
            throw new ParameterException(
                    spec.commandLine(), "--kubernetes-scope must be all or on-demand: '" + scope + "'");
        }
    }

    /** Said where there is no token to ask the API server with. */
    private record NoToken(String why) implements Check {

        @Override
        public String name() {
            return "rights";
        }

        @Override
        public void run(Findings findings) {
            findings.warning(
                    "the rights were not looked at: " + why,
                    "ask from outside: remora check --as system:serviceaccount:NAMESPACE:NAME");
        }
    }

    /** Values of {@code --where}, written as the user writes them. */
    @SuppressWarnings("MemberName")
    enum Place {
        auto,
        cluster,
        pod
    }

    /** Values of {@code -o}, written as the user writes them. */
    @SuppressWarnings("MemberName")
    enum Output {
        text,
        json
    }
}
