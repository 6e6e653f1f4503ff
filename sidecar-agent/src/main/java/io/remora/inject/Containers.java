package io.remora.inject;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is added to a pod, as docs/agent.md and docs/iptables-init.md have it. Stateless. */
final class Containers {

    static final String INIT = "remora-init";
    static final String AGENT = "remora";
    static final String RUN_VOLUME = "remora-run";
    static final String TMP_VOLUME = "remora-tmp";
    static final String TOKEN_VOLUME = "remora-token";

    /** User and group of the agent, by which the rules know its connections. */
    static final int UID = 1337;

    private static final String TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";
    /** Where the image of the agent has Java and the program: hooks do not use the image's entrypoint, and it has no shell. */
    private static final List<String> PROGRAM = List.of("remora");
    /** Seconds that the agent may take to start: more than any API server that is away delays it. */
    private static final int START_SECONDS = 120;

    private Containers() {}

    static Map<String, Object> init(PodSettings settings) {
        Map<String, Object> container = new LinkedHashMap<>();
        container.put("name", INIT);
        image(container, settings, PodSettings.INIT_IMAGE);
        container.put("env", variables(settings.init()));
        container.put(
                "securityContext",
                map(
                        "runAsUser",
                        0,
                        "runAsGroup",
                        0,
                        "runAsNonRoot",
                        false,
                        "readOnlyRootFilesystem",
                        true,
                        "allowPrivilegeEscalation",
                        false,
                        // NET_RAW is for the legacy backend.
                        "capabilities",
                        map("drop", List.of("ALL"), "add", List.of("NET_ADMIN", "NET_RAW")),
                        "seccompProfile",
                        map("type", "RuntimeDefault")));
        container.put("volumeMounts", List.of(map("name", RUN_VOLUME, "mountPath", "/run")));
        return container;
    }

    /** @param ownToken whether the pod's other containers have no token of its service account */
    static Map<String, Object> agent(PodSettings settings, boolean ownToken) {
        Map<String, Object> container = new LinkedHashMap<>();
        container.put("name", AGENT);
        image(container, settings, PodSettings.AGENT_IMAGE);
        if (!settings.isPlain()) {
            container.put("restartPolicy", "Always");
        }
        List<Object> env = new ArrayList<>();
        env.add(field("REMORA_NODE", "spec.nodeName"));
        env.add(field("REMORA_NODE_ADDRESSES", "status.hostIPs"));
        env.add(field("REMORA_ZONE", "metadata.labels['topology.kubernetes.io/zone']"));
        settings.agent().forEach((name, value) -> {
            env.removeIf(each -> each instanceof Map<?, ?> one && name.equals(one.get("name")));
            env.add(map("name", name, "value", value));
        });
        container.put("env", env);
        int admin = settings.adminPort();
        container.put("ports", List.of(map("name", "remora-admin", "containerPort", admin)));
        if (settings.isPlain()) {
            container.put("lifecycle", map("postStart", map("exec", map("command", waiting(admin)))));
        }
        Map<String, Object> ready = map("path", "/ready", "port", admin);
        container.put("startupProbe", map("httpGet", ready, "periodSeconds", 1, "failureThreshold", START_SECONDS));
        container.put("livenessProbe", map("httpGet", map("path", "/live", "port", admin)));
        Map<String, String> own = settings.own();
        container.put(
                "resources",
                map(
                        "requests",
                        map(
                                "cpu", own.getOrDefault(PodSettings.CPU, "100m"),
                                "memory", own.getOrDefault(PodSettings.MEMORY, "96Mi")),
                        "limits",
                        map("memory", own.getOrDefault(PodSettings.MEMORY_LIMIT, "192Mi"))));
        container.put(
                "securityContext",
                map(
                        "runAsUser",
                        UID,
                        "runAsGroup",
                        UID,
                        "runAsNonRoot",
                        true,
                        "readOnlyRootFilesystem",
                        true,
                        "allowPrivilegeEscalation",
                        false,
                        "capabilities",
                        map("drop", List.of("ALL")),
                        "seccompProfile",
                        map("type", "RuntimeDefault")));
        List<Object> mounts = new ArrayList<>(List.of(map("name", TMP_VOLUME, "mountPath", "/tmp")));
        if (ownToken) {
            mounts.add(map("name", TOKEN_VOLUME, "mountPath", TOKEN_FOLDER, "readOnly", true));
        }
        container.put("volumeMounts", mounts);
        return container;
    }

    /** The command that ends when the agent is ready: the containers after it start then. */
    private static List<String> waiting(int admin) {
        List<String> command = new ArrayList<>(PROGRAM);
        command.add("wait");
        if (admin != PodSettings.DEFAULT_ADMIN_PORT) {
            command.add("--admin=127.0.0.1:" + admin);
        }
        return command;
    }

    static List<Object> volumes(boolean ownToken) {
        List<Object> volumes = new ArrayList<>(
                List.of(map("name", RUN_VOLUME, "emptyDir", map()), map("name", TMP_VOLUME, "emptyDir", map())));
        if (ownToken) {
            volumes.add(map(
                    "name",
                    TOKEN_VOLUME,
                    "projected",
                    map(
                            "sources",
                            List.of(
                                    map("serviceAccountToken", map("path", "token", "expirationSeconds", 3607)),
                                    map(
                                            "configMap",
                                            map(
                                                    "name",
                                                    "kube-root-ca.crt",
                                                    "items",
                                                    List.of(map("key", "ca.crt", "path", "ca.crt")))),
                                    map(
                                            "downwardAPI",
                                            map(
                                                    "items",
                                                    List.of(map(
                                                            "path",
                                                            "namespace",
                                                            "fieldRef",
                                                            map("fieldPath", "metadata.namespace")))))))));
        }
        return volumes;
    }

    private static void image(Map<String, Object> container, PodSettings settings, String which) {
        container.put("image", settings.own().getOrDefault(which, ""));
        container.put("imagePullPolicy", settings.own().getOrDefault(PodSettings.PULL_POLICY, "IfNotPresent"));
    }

    private static List<Object> variables(Map<String, String> values) {
        List<Object> env = new ArrayList<>();
        values.forEach((name, value) -> env.add(map("name", name, "value", value)));
        return env;
    }

    private static Map<String, Object> field(String name, String path) {
        return map("name", name, "valueFrom", map("fieldRef", map("fieldPath", path)));
    }

    /** Of keys and their values by turns, in this order. */
    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
