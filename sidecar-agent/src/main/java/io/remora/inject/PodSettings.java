package io.remora.inject;

import io.remora.config.NearNames;
import io.remora.config.Setting;
import io.remora.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is set for one pod: the flags of the command, and what the pod's annotations say instead.
 *
 * @param init variables of the init step
 * @param agent variables of the agent
 * @param own what is no variable of either: images and resources
 */
record PodSettings(Map<String, String> init, Map<String, String> agent, Map<String, String> own) {

    static final String PREFIX = "remora.io/";

    /** Whether a pod gets an agent: {@code enabled} or {@code disabled}. */
    static final String INJECT = PREFIX + "inject";

    /** By whom a pod was injected. */
    static final String INJECTED = PREFIX + "injected";

    static final String AGENT_IMAGE = "agent-image";
    static final String INIT_IMAGE = "init-image";
    static final String PULL_POLICY = "image-pull-policy";
    static final String CPU = "agent-cpu";
    static final String MEMORY = "agent-memory";
    static final String MEMORY_LIMIT = "agent-memory-limit";
    static final String SERVICE_CIDR = "service-cidr";

    private static final Set<String> OWN = Set.of(AGENT_IMAGE, INIT_IMAGE, PULL_POLICY, CPU, MEMORY, MEMORY_LIMIT);

    /** Flags of the init step without dashes, and their variables (docs/iptables-init.md), but for what an agent's means too. */
    private static final Map<String, String> INIT = Map.ofEntries(
            Map.entry(SERVICE_CIDR, "REMORA_CAPTURE_CIDRS"),
            Map.entry("exclude-cidr", "REMORA_EXCLUDE_CIDRS"),
            Map.entry("include-port", "REMORA_INCLUDE_PORTS"),
            Map.entry("exclude-port", "REMORA_EXCLUDE_PORTS"),
            Map.entry("capture-port", "REMORA_CAPTURE_PORT"),
            Map.entry("ipv6", "REMORA_IPV6"),
            Map.entry("backend", "REMORA_IPTABLES_BACKEND"),
            Map.entry("refusal", "REMORA_REFUSAL"),
            Map.entry("refusal-ports", "REMORA_REFUSAL_PORTS"),
            Map.entry("lock-wait", "REMORA_LOCK_WAIT"),
            Map.entry("skip-probe", "REMORA_SKIP_PROBE"));

    /** Reads them; what is wrong is added to the problems. */
    static PodSettings of(InjectOptions options, Map<String, String> annotations, List<String> problems) {
        Map<String, String> given = new LinkedHashMap<>();
        given.put(AGENT_IMAGE, options.agentImage());
        given.put(INIT_IMAGE, options.initImage());
        given.put(PULL_POLICY, options.pullPolicy());
        given.putAll(options.settings());
        annotations.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !name.equals(INJECT) && !name.equals(INJECTED)) {
                given.put(name.substring(PREFIX.length()), value);
            }
        });
        Map<String, String> variables = agentVariables();
        PodSettings settings = new PodSettings(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        given.forEach((name, value) -> {
            String init = INIT.get(name);
            String agent = variables.get(name);
            if (OWN.contains(name)) {
                settings.own.put(name, value);
            } else if (init == null && agent == null) {
                problems.add(PREFIX + name + " is no setting" + hint(name));
            }
            if (init != null) {
                settings.init.put(init, value);
            }
            if (agent != null) {
                settings.agent.put(agent, value);
            }
        });
        if (!settings.init.containsKey(INIT.get(SERVICE_CIDR))) {
            problems.add("the Service CIDRs are not known; give --service-cidr, or the annotation " + PREFIX
                    + SERVICE_CIDR + " (kubectl get servicecidrs)");
        } else {
            settings.agent.put("REMORA_CAPTURE_CIDRS", settings.init.get("REMORA_CAPTURE_CIDRS"));
        }
        return settings;
    }

    private static Map<String, String> agentVariables() {
        Map<String, String> variables = new LinkedHashMap<>();
        for (Setting<?> setting : Settings.all()) {
            variables.put(setting.flag().substring("--".length()), setting.variable());
        }
        return variables;
    }

    /** What may be meant by a name that is no setting, as a clause that begins with a semicolon; null if it is one. */
    static @Nullable String hint(String name) {
        Set<String> known = new TreeSet<>(agentVariables().keySet());
        known.addAll(INIT.keySet());
        known.addAll(OWN);
        return known.contains(name) ? null : NearNames.hint("", name, known);
    }
}
