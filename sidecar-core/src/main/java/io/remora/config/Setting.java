package io.remora.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing a user may set: under {@code --name} on the command line, {@code REMORA_NAME} in the environment and
 * {@code remora.name} among the properties; a flag may be shorter. Immutable.
 *
 * @param <T> type of its value
 * @param name lower case words with dots and dashes, for example {@code log.level}
 * @param defaultValue what holds if nobody sets it; null if it is simply not there then
 * @param flag the name on the command line
 * @param description one sentence without a full stop at its end
 * @param scope who may set it
 */
public record Setting<T>(
        String name, ValueType<T> type, @Nullable T defaultValue, String flag, String description, Scope scope) {

    /** Who may set it. */
    public enum Scope {
        /** The agent's operator, for the agent as a whole. */
        AGENT,
        /** The agent's operator for all Services, and each Service for itself by an annotation. */
        AGENT_AND_SERVICE,
        /** Each Service for itself by an annotation. */
        SERVICE
    }

    /** What annotations of a Service start with. */
    public static final String ANNOTATION_PREFIX = "remora.io/";

    /** What properties start with. */
    public static final String PROPERTY_PREFIX = "remora.";

    /** What environment variables start with. */
    public static final String ENVIRONMENT_PREFIX = "REMORA_";

    /** A setting whose flag is its name. */
    public Setting(String name, ValueType<T> type, @Nullable T defaultValue, String description) {
        this(name, type, defaultValue, "--" + name.replace('.', '-'), description, Scope.AGENT);
    }

    public Setting {
        // Kubernetes gives every pod such variables for its Services; they would be taken for the user's.
        String variable = variable(name);
        if (ServiceVariables.isName(variable)) {
            throw new IllegalArgumentException(
                    "a Service whose name starts with remora makes " + variable + ": choose another name");
        }
    }

    /** Returns this setting with a flag of its own. */
    Setting<T> withFlag(String other) {
        return new Setting<>(name, type, defaultValue, other, description, scope);
    }

    /** Returns this setting, to be set by others too. */
    Setting<T> withScope(Scope other) {
        return new Setting<>(name, type, defaultValue, flag, description, other);
    }

    /** The name in the environment. */
    public String variable() {
        return variable(name);
    }

    /** The name among the properties. */
    public String property() {
        return PROPERTY_PREFIX + name;
    }

    /** The name among the annotations of a Service; it has a meaning where the {@link #scope()} allows it. */
    public String annotation() {
        return ANNOTATION_PREFIX + name.replace('.', '-');
    }

    /** The default as text; empty if there is none. */
    public String defaultText() {
        return defaultValue == null ? "" : type.format(defaultValue);
    }

    private static String variable(String name) {
        return ENVIRONMENT_PREFIX + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
