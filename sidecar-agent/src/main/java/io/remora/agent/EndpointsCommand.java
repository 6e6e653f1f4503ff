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

/** {@code remora endpoints}: what a running agent knows of a Service's endpoints, next to what it does with them. */
@Command(
        name = "endpoints",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Show the endpoints that a running agent knows: what the API server says of each, and how the agent"
                        + " uses it.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:shown", "1:no such Service", "2:the agent cannot be reached, or bad usage"})
final class EndpointsCommand implements Callable<Integer> {

    private static final int NO_SUCH_SERVICE = 1;
    private static final int NOT_REACHABLE = 2;

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "A Service as name, namespace/name or name.namespace; all if left out.")
    private @Nullable String service;

    @Option(
            names = "--admin",
            paramLabel = "<url>",
            defaultValue = "http://127.0.0.1:15020",
            description = "The agent's admin server, default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private URI admin;

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
        AdminClient.Answer answer;
        try {
            answer = AdminClient.services(admin, service);
        } catch (AdminException e) {
            err.println(e.getMessage());
            return NOT_REACHABLE;
        }
        if (!answer.found()) {
            NotFound missing = Json.MAPPER.readValue(answer.body(), NotFound.class);
            err.println(missing.error());
            if (!missing.near().isEmpty()) {
                err.println("Did you mean " + String.join(" or ", missing.near()) + "?");
            }
            return NO_SUCH_SERVICE;
        }
        if (output == Output.json) {
            out.print(answer.body());
        } else {
            out.print(EndpointsTable.format(Json.MAPPER.readValue(answer.body(), ServicesView.class)));
        }
        out.flush();
        return 0;
    }

    /** Values of {@code -o}, written as the user writes them. */
    @SuppressWarnings("MemberName")
    enum Output {
        table,
        json
    }
}
