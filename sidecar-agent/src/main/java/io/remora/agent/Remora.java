package io.remora.agent;

import io.netty.channel.epoll.Epoll;
import io.remora.check.CheckCommand;
import io.remora.inject.InjectCommand;
import io.remora.webhook.WebhookCommand;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code remora} command. */
@Command(
        name = "remora",
        description = "Balances every connection to a Kubernetes ClusterIP, from inside the pod.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {EndpointsCommand.class, ExplainCommand.class, TopCommand.class, WaitCommand.class})
public final class Remora implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    /** Runs the command and exits with its code. */
    public static void main(String[] args) {
        NettyDefaults.apply();
        if (args.length > 0 && args[0].equals("webhook")) {
            WebhookCommand.prepare();
        }
        if (AgentFlags.isAgent(args)) {
            // What its sockets need loads beside its settings.
            Background.start("remora-transport-loader", Epoll::isAvailable);
        }
        List<String> words = List.of(args);
        System.exit(
                AgentFlags.isAgent(args)
                        ? AgentCommand.run(AgentFlags.read(words.subList(1, words.size())), System.err)
                        : commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine remora = new CommandLine(new Remora());
        remora.addSubcommand("agent", AgentCommand.commandLine());
        remora.addSubcommand("inject", new InjectCommand(Version.current()));
        remora.addSubcommand("webhook", new WebhookCommand(Version.current()));
        remora.addSubcommand("check", new CheckCommand(Version.current(), System.getenv()));
        return remora;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
