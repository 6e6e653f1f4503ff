package io.remora.agent;

import io.remora.config.Setting;
import io.remora.config.Settings;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The flags of {@code remora agent} where they are nothing but settings with a value each, as manifests write them.
 * Everything else, help and mistakes included, is left to picocli.
 */
final class PlainFlags {

    private PlainFlags() {}

    /** Returns the value of each flag; null if the command line is anything else. */
    static @Nullable Map<String, String> read(String[] args) {
        if (args.length == 0 || !args[0].equals("agent")) {
            return null;
        }
        Set<String> known = new HashSet<>();
        for (Setting<?> setting : Settings.all()) {
            known.add(setting.flag());
        }
        Map<String, String> flags = new HashMap<>();
        for (int i = 1; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            String flag = equals < 0 ? args[i] : args[i].substring(0, equals);
            if (!known.contains(flag) || equals < 0 && i + 1 == args.length) {
                return null;
            }
            String value = equals < 0 ? args[++i] : args[i].substring(equals + 1);
            if (value.startsWith("-") || value.startsWith("\"") || flags.put(flag, value) != null) {
                return null; // a missing value, quotes to strip, a flag given twice
            }
        }
        return flags;
    }
}
