package io.remora.agent;

import io.remora.config.ConfigException;
import io.remora.config.ConfigReader;
import io.remora.config.Setting;
import io.remora.config.SettingSources;
import io.remora.config.Settings;
import io.remora.discovery.DiscoverySource;
import io.remora.kubernetes.KubernetesConfig;
import io.remora.kubernetes.KubernetesDiscoverySource;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** {@code remora agent}: runs an agent until it is asked to end. Its options are the table of settings. */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Run the agent.",
        footer = {
            "",
            "Each setting is read from its flag, else from its environment variable, else from its Java property"
                    + " (-Dremora.NAME).",
            ""
        },
        exitCodeListHeading = "Exit codes:%n")
final class AgentCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    static CommandLine commandLine() {
        CommandLine agent = new CommandLine(new AgentCommand());
        for (Setting<?> setting : Settings.all()) {
            agent.getCommandSpec().addOption(option(setting));
        }
        Map<String, String> codes = new LinkedHashMap<>();
        for (ExitCode code : ExitCode.values()) {
            codes.put(String.valueOf(code.status()), code.meaning());
        }
        agent.getCommandSpec()
                .usageMessage()
                .exitCodeList(codes)
                .sortOptions(false)
                .width(100);
        return agent;
    }

    private static OptionSpec option(Setting<?> setting) {
        String given = setting.defaultText();
        return OptionSpec.builder(setting.flag())
                .type(String.class)
                .paramLabel("<" + setting.type().label() + ">")
                .description(
                        setting.description().replace("%", "%%") + ".",
                        setting.variable() + (given.isEmpty() ? "" : ", default " + given))
                .build();
    }

    @Override
    public Integer call() {
        Map<String, String> flags = new HashMap<>();
        for (Setting<?> setting : Settings.all()) {
            OptionSpec option = spec.findOption(setting.flag());
            String text = option.getValue();
            if (text != null) {
                flags.put(setting.flag(), text);
            }
        }
        return run(new AgentFlags(flags, List.of()), System.err);
    }

    /** Runs an agent with the given flags until it ends. */
    static int run(AgentFlags flags, PrintStream err) {
        SettingSources sources = SettingSources.ofProcess(flags.values());
        ApiServer api = new ApiServer();
        ConfigReader.Loaded loaded;
        try {
            loaded = ConfigReader.read(sources, flags.problems(), api::find);
        } catch (ConfigException e) {
            api.close();
            err.println("The settings cannot be used:");
            e.problems().forEach(problem -> err.println("  " + problem));
            List<String> warnings = sources.warnings(Settings.all());
            if (!warnings.isEmpty()) {
                err.println("Warnings:");
                warnings.forEach(warning -> err.println("  " + warning));
            }
            err.println("See remora agent --help.");
            return ExitCode.BAD_SETTINGS.status();
        }
        return Agent.run(loaded, api.source()).status();
    }

    /** The source of the Services, made while the settings are read so that its problems are reported with theirs. */
    private static final class ApiServer {

        private @Nullable KubernetesDiscoverySource found;

        void find(KubernetesConfig config) {
            found = new KubernetesDiscoverySource(config);
        }

        DiscoverySource source() {
            return Objects.requireNonNull(found, "read without a problem");
        }

        void close() {
            if (found != null) {
                found.close();
            }
        }
    }
}
