package io.remora.agent;

import io.remora.agent.AdminClient.AdminException;
import io.remora.agent.AdminClient.Answer.Found;
import io.remora.agent.AdminClient.Answer.Missing;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "A Service as name, namespace/name or name.namespace, or by its ClusterIP or ClusterIP:port;"
                    + " all if left out.")
    private @Nullable String service;

    @Mixin
    @SuppressWarnings("NullAway.Init") // by picocli
    private AdminOption admin;

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
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            AdminClient.Answer answer = AdminClient.services(admin.address(), service);
            if (answer instanceof Missing missing) {
                err.println(missing.text());
                return missing.problem().synced() ? NO_SUCH_SERVICE : notSynced(err);
            }
            Found found = (Found) answer;
            out.print(output == Output.json ? found.body() : EndpointsTable.format(found.view()));
            out.flush();
            return found.view().status().synced() ? 0 : notSynced(err);
        } catch (AdminException e) {
            err.println(e.getMessage());
            return NOT_REACHABLE;
        }
    }

    private static int notSynced(PrintWriter err) {
        err.println(
                "The agent has not read all Services from the API server yet; ask again once its /ready says ready.");
        return NOT_SYNCED;
    }

    /** Values of {@code -o}, written as the user writes them. */
    @SuppressWarnings("MemberName")
    enum Output {
        table,
        json
    }
}
