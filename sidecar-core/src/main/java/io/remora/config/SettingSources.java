package io.remora.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where values of settings come from: flags before environment before properties. An empty value counts as not given, as
 * a manifest that leaves a variable empty means it. Variables that Kubernetes makes for Services are left out. Immutable.
 *
 * @param flags by {@link Setting#flag()}
 * @param environment by variable, of the whole process
 * @param properties by property, of the whole process
 * @param named how a setting is called that is not given
 */
public record SettingSources(
        Map<String, String> flags,
        Map<String, String> environment,
        Map<String, String> properties,
        Function<Setting<?>, String> named) {

    private static final Pattern PROPERTY_NAME = Pattern.compile("(?<![\\w./-])remora\\.[a-z][a-z.-]*[a-z]");

    public SettingSources {
        flags = Map.copyOf(flags);
        environment = environment.entrySet().stream()
                .filter(variable -> !ServiceVariables.is(variable.getKey(), variable.getValue()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        properties = Map.copyOf(properties);
    }

    /** Those of an agent. */
    public SettingSources(Map<String, String> flags, Map<String, String> environment, Map<String, String> properties) {
        this(flags, environment, properties, setting -> setting.flag() + " / " + setting.variable());
    }

    /** Those of an application, whose settings are properties and nothing else. */
    public static SettingSources ofApplication(Map<String, String> properties) {
        return new SettingSources(Map.of(), Map.of(), properties, Setting::property);
    }

    /** This process's environment and system properties under the given flags. */
    public static SettingSources ofProcess(Map<String, String> flags) {
        Properties system = System.getProperties();
        Map<String, String> properties = new TreeMap<>();
        for (String name : system.stringPropertyNames()) {
            properties.put(name, system.getProperty(name));
        }
        return new SettingSources(flags, System.getenv(), properties);
    }

    /** Returns the value that wins; null if the setting is not given. */
    @Nullable
    Given find(Setting<?> setting) {
        Given given = given(flags, setting.flag());
        if (given == null) {
            given = given(environment, setting.variable());
        }
        return given != null ? given : given(properties, setting.property());
    }

    /**
     * Returns the name of a setting as the user knows it: the flag, variable or property that gave it, or else what it is
     * called where it is not given.
     */
    public String nameOf(Setting<?> setting) {
        Given given = find(setting);
        return given != null ? given.origin() : named.apply(setting);
    }

    /** Writes each name of a property in a text as the user knows the setting. */
    public String inUsersWords(String text) {
        return PROPERTY_NAME
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(Settings.all().stream()
                        .filter(setting -> setting.property().equals(found.group()))
                        .findFirst()
                        .map(this::nameOf)
                        .orElse(found.group())));
    }

    private static @Nullable Given given(Map<String, String> source, String key) {
        String text = source.get(key);
        return text == null || text.isBlank() ? null : new Given(key, text.strip());
    }

    /** Returns a warning for everything that looks like a setting of ours and is none. */
    public List<String> warnings(List<Setting<?>> settings) {
        List<String> warnings = new ArrayList<>();
        warn(environment, Setting.ENVIRONMENT_PREFIX, names(settings, Setting::variable), warnings);
        warn(properties, Setting.PROPERTY_PREFIX, names(settings, Setting::property), warnings);
        return warnings;
    }

    private static void warn(Map<String, String> source, String prefix, TreeSet<String> known, List<String> warnings) {
        for (String name : new TreeSet<>(source.keySet())) {
            if (name.startsWith(prefix) && !known.contains(name)) {
                warnings.add(name + " is no setting and is ignored" + NearNames.hint(prefix, name, known));
            }
        }
    }

    private static TreeSet<String> names(List<Setting<?>> settings, Function<Setting<?>, String> name) {
        return settings.stream().map(name).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * A value as it was given.
     *
     * @param origin the flag, variable or property
     */
    record Given(String origin, String text) {}
}
