package io.remora.inject;

import io.remora.config.NearNames;
import io.remora.config.Setting;
import io.remora.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is set for one pod: the flags of the command, and what the pod's annotations say instead.
 *
 * @param init variables of the init step
 * @param agent variables of the agent
 * @param own what is no variable of either: images, resources and what the agent is
 */
record PodSettings(Map<String, String> init, Map<String, String> agent, Map<String, String> own) {

    static final String PREFIX = "remora.io/";

    /** Whether a pod gets an agent: {@code enabled} or {@code disabled}. */
    static final String INJECT = PREFIX + "inject";

    /** By whom a pod was injected. */
    static final String INJECTED = PREFIX + "injected";

    /** What taking out must put back, where it was an empty value; JSON. */
    static final String RESTORE = PREFIX + "restore";

    static final String AGENT_IMAGE = "agent-image";
    static final String INIT_IMAGE = "init-image";
    static final String PULL_POLICY = "image-pull-policy";
    static final String CPU = "agent-cpu";
    static final String MEMORY = "agent-memory";
    static final String MEMORY_LIMIT = "agent-memory-limit";
    static final String SERVICE_CIDR = "service-cidr";
    static final String SIDECAR = "sidecar";

    /** Whether the application of a plain container's pod, which ends, ends the agent too. */
    static final String APP_QUITS_AGENT = "app-quits-agent";

    private static final Set<String> OWN =
            Set.of(AGENT_IMAGE, INIT_IMAGE, PULL_POLICY, CPU, MEMORY, MEMORY_LIMIT, SIDECAR, APP_QUITS_AGENT);
    private static final Set<String> MARKS = Set.of(INJECT, INJECTED, RESTORE);

    private static final String CAPTURE_PORT = "REMORA_CAPTURE_PORT";
    private static final String ADMIN_PORT = "REMORA_ADMIN_PORT";
    private static final Set<String> PORTS = Set.of(CAPTURE_PORT, ADMIN_PORT);
    private static final int DEFAULT_CAPTURE_PORT = 15001;

    /** Of the agent's admin server. */
    static final int DEFAULT_ADMIN_PORT = 15020;

    private static final int MAX_PORT = 65535;

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
        Map<String, String> given = new TreeMap<>(); // in one order always: another one would be another pod
        given.put(AGENT_IMAGE, options.agentImage());
        given.put(INIT_IMAGE, options.initImage());
        given.put(PULL_POLICY, options.pullPolicy());
        given.put(SIDECAR, options.sidecar().toString());
        given.putAll(options.settings());
        annotations.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !MARKS.contains(name)) {
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
        String sidecar = given.getOrDefault(SIDECAR, "");
        if (Sidecar.named(sidecar).isEmpty()) {
            problems.add(PREFIX + SIDECAR + " is '" + sidecar + "'; give native or plain");
        }
        settings.agent.forEach((name, value) -> {
            if (PORTS.contains(name) && port(value) < 0) {
                problems.add(name + " is '" + value + "'; give a port, 1 to " + MAX_PORT);
            }
        });
        if (settings.isPlain()) {
            settings.agent.putIfAbsent("REMORA_SHUTDOWN_MODE", "serve");
        }
        if (!settings.init.containsKey(INIT.get(SERVICE_CIDR))) {
            problems.add("the Service CIDRs are not known; give --service-cidr, or the annotation " + PREFIX
                    + SERVICE_CIDR + " (kubectl get servicecidrs)");
        } else {
            settings.agent.put("REMORA_CAPTURE_CIDRS", settings.init.get("REMORA_CAPTURE_CIDRS"));
        }
        return settings;
    }

    boolean isPlain() {
        return Sidecar.PLAIN.toString().equals(own.get(SIDECAR));
    }

    /** Where the agent listens for the application. */
    int capturePort() {
        return port(agent.getOrDefault(CAPTURE_PORT, ""), DEFAULT_CAPTURE_PORT);
    }

    /** Where the agent's admin server is. */
    int adminPort() {
        return port(agent.getOrDefault(ADMIN_PORT, ""), DEFAULT_ADMIN_PORT);
    }

    private static int port(String text, int otherwise) {
        int port = port(text);
        return port < 0 ? otherwise : port;
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 0 && port <= MAX_PORT ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
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
