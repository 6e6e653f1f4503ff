package io.remora.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Environments of which nothing comes from this machine. */
final class Environments {

    private Environments() {}

    /** An application.yml, under the name {@code application.yml}. */
    static ConfigurableEnvironment ofYaml(String yaml) {
        ConfigurableEnvironment environment = empty();
        ByteArrayResource file = new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "application.yml");
        try {
            new YamlPropertySourceLoader()
                    .load("application.yml", file)
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return environment;
    }

    /** Properties. */
    static ConfigurableEnvironment ofProperties(Map<String, Object> properties) {
        ConfigurableEnvironment environment = empty();
        environment.getPropertySources().addLast(new MapPropertySource("test", properties));
        return environment;
    }

    /** Variables. */
    static ConfigurableEnvironment ofVariables(Map<String, Object> variables) {
        ConfigurableEnvironment environment = empty();
        environment
                .getPropertySources()
                .addLast(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        return environment;
    }

    private static ConfigurableEnvironment empty() {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().stream()
                .map(source -> source.getName())
                .toList()
                .forEach(environment.getPropertySources()::remove);
        return environment;
    }
}
