package io.remora.agent;

import io.remora.agent.AdminClient.AdminException;
import io.remora.agent.ServicesView.NotFound;
import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;

/** {@code remora endpoints}: what a running agent knows of a Service's endpoints, next to what it does with them. */
@Command(
        name = "endpoints",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Show the endpoints that a running agent knows: what the API server says of each, and how the agent"
                        + " uses it.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:shown",
            "1:no such Service",
            "2:no agent can be reached there, or bad usage",
            "3:the agent does not know all Services yet, so what it showed or did not find is not the whole truth"
        })
final class EndpointsCommand implements Callable<Integer> {

    private static final int NO_SUCH_SERVICE = 1;
    private static final int NOT_REACHABLE = 2;
    private static final int NOT_SYNCED = 3;
    private static final String NOT_ITS_JSON = "the answer is not an agent's JSON";

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "A Service as name, namespace/name or name.namespace, or by its ClusterIP or ClusterIP:port;"
                    + " all if left out.")
    private @Nullable String service;

    @Option(
            names = "--admin",
            paramLabel = "<url|host:port>",
            defaultValue = "http://127.0.0.1:15020",
            description = "The agent's admin server, default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private String admin;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description = "A table for people, or the agent's JSON.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Output output;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        try {
            URI address = AdminClient.address(admin);
            return show(address, AdminClient.services(address, service));
        } catch (AdminException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return NOT_REACHABLE;
        }
    }

    private int show(URI address, AdminClient.Answer answer) throws AdminException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (!answer.found()) {
            NotFound missing = read(address, answer.body(), NotFound.class);
            if (missing.error() == null || missing.near() == null) {
                throw AdminClient.noAgent(address, NOT_ITS_JSON);
            }
            err.println(missing.error());
            if (!missing.near().isEmpty()) {
                err.println("Did you mean " + String.join(" or ", missing.near()) + "?");
            }
            return missing.synced() ? NO_SUCH_SERVICE : notSynced(err);
        }
        ServicesView view = read(address, answer.body(), ServicesView.class);
        if (view.status() == null || view.destinations() == null || view.unbalanced() == null) {
            throw AdminClient.noAgent(address, NOT_ITS_JSON);
        }
        out.print(output == Output.json ? answer.body() : EndpointsTable.format(view));
        out.flush();
        return view.status().synced() ? 0 : notSynced(err);
    }

    private static int notSynced(PrintWriter err) {
        err.println(
                "The agent has not read all Services from the API server yet; ask again once its /ready says ready.");
        return NOT_SYNCED;
    }

    private static <T> T read(URI address, String body, Class<T> type) throws AdminException {
        T value;
        try {
            value = Json.MAPPER.readValue(body, type);
        } catch (JacksonException e) {
            throw AdminClient.noAgent(address, NOT_ITS_JSON);
        }
        if (value == null) { // the JSON null
            throw AdminClient.noAgent(address, NOT_ITS_JSON);
        }
        return value;
    }

    /** Values of {@code -o}, written as the user writes them. */
    @SuppressWarnings("MemberName")
    enum Output {
        table,
        json
    }
}
