package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds variables that are read by nobody because their name is one character off; pure functions. */
final class MisspeltVariables {

    private MisspeltVariables() {}

    /**
     * One sentence for each {@code REMORA_*} variable that is one character inserted, left out or exchanged away from
     * that of a setting. Those that Kubernetes sets for a Service ({@code tcp://...}) are not meant as settings.
     */
    static List<String> warnings(Map<String, String> environment) {
        List<String> warnings = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!name.startsWith("REMORA_") || value.contains("://") || isSetting(name)) {
                return;
            }
            for (Setting setting : Setting.values()) {
                if (oneEditApart(name, setting.variable())) {
                    warnings.add(name + " is not read; did you mean " + setting.variable() + "?");
                    return;
                }
            }
        });
        return warnings;
    }

    private static boolean isSetting(String name) {
        for (Setting setting : Setting.values()) {
            if (setting.variable().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean oneEditApart(String one, String other) {
        String shorter = one.length() <= other.length() ? one : other;
        String longer = one.length() <= other.length() ? other : one;
        int excess = longer.length() - shorter.length();
        if (excess > 1) {
            return false;
        }
        int same = 0;
        while (same < shorter.length() && shorter.charAt(same) == longer.charAt(same)) {
            same++;
        }
        return longer.substring(Math.min(same + 1, longer.length()))
                .equals(shorter.substring(Math.min(same + 1 - excess, shorter.length())));
    }
}
