package io.remora.spring;

import io.remora.config.ServiceVariables;
import io.remora.config.Setting;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * What an Environment says of {@code remora}, without the variables that Kubernetes makes for Services whose names look
 * like settings. Thread-safe.
 */
final class EnvironmentValues {

    static final String ROOT = "remora";

    private static final Map<String, String> SWITCHES = Map.of("true", "on", "false", "off");

    private final List<ConfigurationPropertySource> sources;
    private final Binder binder;

    EnvironmentValues(Environment environment) {
        sources = StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .map(EnvironmentValues::withoutServiceVariables)
                .toList();
        PlaceholdersResolver placeholders = new PropertySourcesPlaceholdersResolver(environment);
        binder = new Binder(sources, placeholders);
    }

    /** Where they come from, the first one that has a value wins. */
    List<ConfigurationPropertySource> sources() {
        return sources;
    }

    /** Returns a single value; null if it is not given, or given as nothing. */
    @Nullable
    String text(ConfigurationPropertyName name) {
        return text(name.toString());
    }

    /** As {@link #text(ConfigurationPropertyName)}. */
    @Nullable
    String text(String name) {
        String text = binder.bind(name, Bindable.of(String.class)).orElse("");
        return text.isBlank() ? null : text.strip();
    }

    /** Returns the values of settings that are given, by property. */
    Map<String, String> of(List<Setting<?>> settings) {
        Map<String, String> values = new TreeMap<>();
        for (Setting<?> setting : settings) {
            String text = text(setting);
            if (text != null) {
                values.put(setting.property(), text);
            }
        }
        return values;
    }

    /** Whether a name is given, whatever its value, or anything below it. */
    boolean has(String name) {
        ConfigurationPropertyName wanted = ConfigurationPropertyName.of(name);
        return sources.stream()
                .anyMatch(source -> source.getConfigurationProperty(wanted) != null
                        || source.containsDescendantOf(wanted) == ConfigurationPropertyState.PRESENT);
    }

    /** Returns every name that is given below another one, in their order; what a source cannot list is not there. */
    Set<ConfigurationPropertyName> namesBelow(String name) {
        ConfigurationPropertyName parent = ConfigurationPropertyName.of(name);
        return sources.stream()
                .filter(IterableConfigurationPropertySource.class::isInstance)
                .flatMap(source -> ((IterableConfigurationPropertySource) source).stream())
                .filter(parent::isAncestorOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether a name is given by a variable of the environment alone. */
    boolean isVariable(ConfigurationPropertyName name) {
        return sources.stream()
                .filter(source -> source.getConfigurationProperty(name) != null)
                .allMatch(source -> source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource);
    }

    <T> T bind(String name, Bindable<T> type, T otherwise) {
        return binder.bind(name, type).orElse(otherwise);
    }

    private @Nullable String text(Setting<?> setting) {
        String text = text(setting.property());
        if (text == null) {
            List<String> list = bind(setting.property(), Bindable.listOf(String.class), List.of());
            return list.isEmpty() ? null : String.join(",", list);
        }
        String word = SWITCHES.get(text);
        return word != null && !takes(setting, text) && takes(setting, word) ? word : text; // YAML's on and off
    }

    private static boolean takes(Setting<?> setting, String text) {
        try {
            setting.type().parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static ConfigurationPropertySource withoutServiceVariables(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource
                ? source.filter(name -> !isServiceVariable(source.getConfigurationProperty(name)))
                : source;
    }

    private static boolean isServiceVariable(@Nullable ConfigurationProperty property) {
        return property != null
                && property.getOrigin() instanceof PropertySourceOrigin origin
                && ServiceVariables.is(
                        Objects.toString(origin.getPropertyName()), Objects.toString(property.getValue()));
    }
}
