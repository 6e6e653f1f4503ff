package io.remora.agent;

import io.remora.agent.AdminClient.AdminException;
import java.net.URI;
import picocli.CommandLine.Option;

/** The option {@code --admin} of every command that asks a running agent. */
final class AdminOption {

    @Option(
            names = "--admin",
            paramLabel = "<url|host:port>",
            defaultValue = "http://127.0.0.1:15020",
            description = "The agent's admin server, default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private String text;

    /** Returns where to ask. */
    URI address() throws AdminException {
        return AdminClient.address(text);
    }
}
