package io.remora.agent;

import io.remora.config.NearNames;
import io.remora.config.Setting;
import io.remora.config.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The flags of {@code remora agent}: settings with a value each. What is wrong is kept, to be reported with the wrong
 * values. An agent starts with its pod, and is waited for: so this is read without picocli, which is not even loaded.
 *
 * @param values the value of each flag that has one
 * @param problems what else the command line holds, each with the fix
 */
record AgentFlags(Map<String, String> values, List<String> problems) {

    private static final String PREFIX = "--";
    private static final Set<String> HELP = Set.of("-h", "--help", "-V", "--version");

    AgentFlags {
        values = Map.copyOf(values);
        problems = List.copyOf(problems);
    }

    /** Whether a command line runs an agent, and does not ask for help. */
    static boolean isAgent(String[] args) {
        return args.length > 0 && args[0].equals("agent") && Arrays.stream(args).noneMatch(HELP::contains);
    }

    /** Reads what follows the command's name. */
    static AgentFlags read(List<String> args) {
        Set<String> known = Settings.all().stream().map(Setting::flag).collect(Collectors.toSet());
        Map<String, String> values = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            int equals = arg.indexOf('=');
            String flag = equals < 0 ? arg : arg.substring(0, equals);
            boolean valueFollows =
                    equals < 0 && i + 1 < args.size() && !args.get(i + 1).startsWith(PREFIX) && flag.startsWith(PREFIX);
            if (!known.contains(flag)) {
                problems.add(unknown(flag, known));
            } else if (equals < 0 && !valueFollows) {
                problems.add(flag + ": the value is missing; give " + flag + "=VALUE");
            } else if (values.put(flag, equals < 0 ? args.get(i + 1) : arg.substring(equals + 1)) != null) {
                problems.add(flag + ": given more than once; give it once");
            }
            i += valueFollows ? 1 : 0;
        }
        return new AgentFlags(values, problems);
    }

    private static String unknown(String arg, Set<String> known) {
        return arg.startsWith("-")
                ? arg + ": there is no such flag" + NearNames.hint(PREFIX, arg, known)
                : "'" + arg + "': not expected; settings are given as --NAME=VALUE";
    }
}
