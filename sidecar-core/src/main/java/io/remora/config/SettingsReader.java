package io.remora.config;

import io.remora.config.SettingSources.Given;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings and remembers what is wrong instead of stopping at it, so that everything is reported at once. Not
 * thread-safe.
 */
final class SettingsReader implements ValueReader {

    private final SettingSources sources;
    private final List<EffectiveSetting> effective = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    SettingsReader(SettingSources sources) {
        this.sources = sources;
    }

    /** Returns the value in force; the default, and a problem noted, if what was given is no value. */
    <T> T get(Setting<T> setting) {
        T value = find(setting);
        if (value == null) {
            throw new IllegalStateException("the table gives no default for " + setting.name());
        }
        return value;
    }

    /** As {@link #get(Setting)}; null if it is not given and has no default. */
    <T> @Nullable T find(Setting<T> setting) {
        Given given = sources.find(setting);
        if (given == null) {
            effective.add(new EffectiveSetting(setting, setting.defaultText(), "default"));
            return setting.defaultValue();
        }
        try {
            T value = setting.type().parse(given.text());
            effective.add(new EffectiveSetting(setting, setting.type().format(value), given.origin()));
            return value;
        } catch (IllegalArgumentException e) {
            problems.add(given.origin() + "=" + given.text() + ": not valid; give "
                    + setting.type().fix());
            return setting.defaultValue();
        }
    }

    @Override
    public <T> T get(Setting<T> setting, T otherwise) {
        T value = setting.scope() == Setting.Scope.SERVICE ? null : find(setting);
        return value == null ? otherwise : value;
    }

    @Override
    public <R> R build(Supplier<R> record, R fallback, Setting<?>... from) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            problem(String.valueOf(e.getMessage()));
            return fallback;
        }
    }

    /** Notes a problem; the properties it names are called as the user gave them. */
    void problem(String text) {
        problems.add(sources.inUsersWords(text));
    }

    /** Every setting that was read, in the order of the table. */
    List<EffectiveSetting> effective() {
        List<Setting<?>> order = Settings.all();
        return effective.stream()
                .sorted(Comparator.comparingInt(each -> order.indexOf(each.setting())))
                .toList();
    }

    List<String> problems() {
        return List.copyOf(problems);
    }
}
