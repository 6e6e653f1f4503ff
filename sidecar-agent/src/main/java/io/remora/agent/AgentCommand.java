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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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
        ApiServer api = new ApiServer(sources);
        try {
            return Agent.run(ConfigReader.read(sources, flags.problems(), api::begin), api)
                    .status();
        } catch (ConfigException e) {
            List<String> problems = new ArrayList<>(e.problems());
            api.problem().filter(problem -> !problems.contains(problem)).ifPresent(problems::add);
            err.println("The settings cannot be used:");
            problems.forEach(problem -> err.println("  " + problem));
            List<String> warnings = sources.warnings(Settings.all());
            if (!warnings.isEmpty()) {
                err.println("Warnings:");
                warnings.forEach(warning -> err.println("  " + warning));
            }
            err.println("See remora agent --help.");
            return ExitCode.BAD_SETTINGS.status();
        }
    }

    /**
     * The source of the Services. Its client is half of all the classes, so it is made beside everything else as soon as
     * its settings are read; what is wrong with it is reported with what is wrong with the other settings.
     */
    private static final class ApiServer implements Supplier<DiscoverySource> {

        private final SettingSources sources;
        private @Nullable Background<DiscoverySource> begun;

        ApiServer(SettingSources sources) {
            this.sources = sources;
        }

        void begin(KubernetesConfig config) {
            begun = Background.start("remora-source-loader", () -> make(config));
        }

        private DiscoverySource make(KubernetesConfig config) {
            try {
                return new KubernetesDiscoverySource(config);
            } catch (IllegalArgumentException e) {
                throw new ConfigException(List.of(sources.inUsersWords(ConfigReader.apiProblem(e))));
            }
        }

        @Override
        public DiscoverySource get() {
            return Objects.requireNonNull(begun, "begun while the settings were read")
                    .get();
        }

        /** Waits for the source; what is wrong with it, if it was begun. Without a problem it is closed. */
        Optional<String> problem() {
            if (begun == null) {
                return Optional.empty();
            }
            try {
                begun.get().close();
                return Optional.empty();
            } catch (ConfigException e) {
                return Optional.of(e.problems().get(0));
            }
        }
    }
}
