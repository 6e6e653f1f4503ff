package io.remora.spring;

import io.remora.config.ConfigException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/** Shows everything that is wrong with the settings, and where each was given. */
final class ConfigFailureAnalyzer extends AbstractFailureAnalyzer<ConfigException> {

    private static final Pattern NAME = Pattern.compile("remora\\.[a-z][a-z0-9.\\[\\]-]*[a-z0-9\\]]");

    private final Environment environment;

    ConfigFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ConfigException cause) {
        EnvironmentValues values = new EnvironmentValues(environment);
        StringBuilder text = new StringBuilder("Remora cannot be used as it is set:\n");
        for (String problem : cause.problems()) {
            text.append("\n    ").append(problem).append('\n');
            origins(values, problem)
                    .forEach(origin ->
                            text.append("        given by ").append(origin).append('\n'));
        }
        return new FailureAnalysis(
                text.toString(),
                "Correct what is named above. " + OnRemoraActive.ENABLED
                        + "=false starts the application without Remora.",
                cause);
    }

    private static Set<String> origins(EnvironmentValues values, String problem) {
        Set<String> origins = new LinkedHashSet<>();
        Matcher names = NAME.matcher(problem);
        while (names.find()) {
            Origin origin = origin(values, names.group());
            if (origin != null) {
                origins.add(names.group() + ": " + origin);
            }
        }
        return origins;
    }

    private static @Nullable Origin origin(EnvironmentValues values, String text) {
        if (!ConfigurationPropertyName.isValid(text)) {
            return null;
        }
        ConfigurationPropertyName name = ConfigurationPropertyName.of(text);
        for (ConfigurationPropertySource source : values.sources()) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            found = found == null ? source.getConfigurationProperty(name.append("[0]")) : found;
            if (found != null) {
                return found.getOrigin();
            }
        }
        return null;
    }
}
