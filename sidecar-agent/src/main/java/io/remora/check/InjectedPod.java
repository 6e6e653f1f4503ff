package io.remora.check;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A pod of the API that has an agent.
 *
 * @param name without its namespace
 * @param version of Remora by which it was injected
 * @param pod the object
 */
record InjectedPod(String name, String version, JsonNode pod) {

    private static final String MARK = "remora.io/injected";
    private static final String INIT = "remora-init";
    private static final String AGENT = "remora";

    /** Returns the path of all pods of a namespace. */
    static String path(String namespace) {
        return "/api/v1/namespaces/" + namespace + "/pods";
    }

    /** Returns those of a list that have one and are not finished, by the mark or by their containers. */
    static List<InjectedPod> of(Reply pods) {
        List<InjectedPod> found = new ArrayList<>();
        for (JsonNode pod : pods.body().path("items")) {
            String mark = pod.path("metadata").path("annotations").path(MARK).asString("");
            boolean byHand = container(pod, INIT) != null && container(pod, AGENT) != null;
            if ((!mark.isEmpty() || byHand) && !isOver(pod)) {
                found.add(new InjectedPod(pod.path("metadata").path("name").asString("?"), mark, pod));
            }
        }
        return found;
    }

    /** Whether it has ended, as that of a Job. */
    static boolean isOver(JsonNode pod) {
        String phase = pod.path("status").path("phase").asString("");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** The name of its ServiceAccount. */
    String account() {
        return pod.path("spec").path("serviceAccountName").asString("default");
    }

    /** What the init step captures, as it was told; empty if it was not told by a variable. */
    String captured() {
        return variable(INIT, "REMORA_CAPTURE_CIDRS");
    }

    /** What the agent was told by a variable; empty if nothing. */
    String agentVariable(String variable) {
        return variable(AGENT, variable);
    }

    private String variable(String container, String name) {
        JsonNode found = container(pod, container);
        JsonNode variable = found == null ? null : named(found.path("env"), name);
        return variable == null ? "" : variable.path("value").asString("");
    }

    /** The agent is an init container that goes on, or one of the containers. */
    private static @Nullable JsonNode container(JsonNode pod, String name) {
        JsonNode init = named(pod.path("spec").path("initContainers"), name);
        return init != null ? init : named(pod.path("spec").path("containers"), name);
    }

    /** The status of the init step; null if there is none yet. */
    @Nullable
    JsonNode init() {
        return named(pod.path("status").path("initContainerStatuses"), INIT);
    }

    /** The status of the agent; null if there is none yet. */
    @Nullable
    JsonNode agent() {
        JsonNode sidecar = named(pod.path("status").path("initContainerStatuses"), AGENT);
        return sidecar != null ? sidecar : named(pod.path("status").path("containerStatuses"), AGENT);
    }

    private static @Nullable JsonNode named(JsonNode list, String name) {
        for (JsonNode each : list) {
            if (name.equals(each.path("name").asString(""))) {
                return each;
            }
        }
        return null;
    }
}
