package io.remora.check;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How the namespace's pods with an agent are. */
final class InjectedPodsCheck implements Check {

    private static final int SHOWN = 10;

    /** Exit codes of the init step, as docs/iptables-init.md has them. */
    private static final Map<Integer, String> INIT_CODES = Map.of(
            1, "a fault of the program",
            2, "a wrong setting",
            3, "CAP_NET_ADMIN is missing",
            4, "the kernel or iptables lacks something",
            5, "the xtables lock is held",
            6, "the agent's user is not mapped",
            7, "no iptables programs in the image",
            8, "something else changes the rules",
            9, "the proof connection did not arrive",
            10, "iptables failed");

    private final Cluster cluster;
    private final CheckTarget target;

    InjectedPodsCheck(Cluster cluster, CheckTarget target) {
        this.cluster = cluster;
        this.target = target;
    }

    @Override
    public String name() {
        return "pods";
    }

    @Override
    public void run(Findings findings) {
        Reply pods = cluster.get(InjectedPod.path(target.namespace()));
        if (!pods.isOk()) {
            findings.notSeen("the pods of namespace " + target.namespace(), pods);
            return;
        }
        List<InjectedPod> injected = InjectedPod.of(pods);
        int well = 0;
        int shown = 0;
        for (InjectedPod pod : injected) {
            Trouble trouble = trouble(pod);
            if (trouble == null) {
                well++;
            } else if (shown++ < SHOWN) {
                String message = "pod " + target.namespace() + "/" + pod.name() + ": " + trouble.what();
                if (trouble.fails()) {
                    findings.fail(message, trouble.fix());
                } else {
                    findings.warning(message, trouble.fix());
                }
            }
        }
        if (injected.isEmpty()) {
            findings.ok("none in namespace " + target.namespace() + " has an agent yet");
        } else if (well == injected.size() || shown > SHOWN) {
            findings.ok(well + " of " + injected.size() + " pods with an agent in namespace " + target.namespace()
                    + " are well");
        }
        left(findings, pods, injected.size());
    }

    /** What is wrong with a pod. */
    private record Trouble(boolean fails, String what, String fix) {}

    private @Nullable Trouble trouble(InjectedPod pod) {
        JsonNode init = pod.init();
        JsonNode agent = pod.agent();
        if (init == null || agent == null) {
            return new Trouble(
                    false,
                    "its containers have not been started yet",
                    describe(pod) + "; does it wait for a node, or a volume?");
        }
        Trouble notStarted = notStarted(pod, init, "remora-init");
        if (notStarted != null) {
            return notStarted;
        }
        if (!init.path("state").has("terminated")) {
            return new Trouble(false, "the init step runs", "ask again in a moment");
        }
        notStarted = notStarted(pod, agent, "remora");
        if (notStarted != null) {
            return notStarted;
        }
        if (!agent.path("started").asBoolean(false)) {
            return new Trouble(false, "the agent is not ready yet", log(pod, "remora"));
        }
        int restarts = agent.path("restartCount").asInt(0);
        if (restarts > 0) {
            JsonNode last = agent.path("lastState").path("terminated");
            return new Trouble(
                    false,
                    "the agent was restarted " + restarts + " times, last for "
                            + last.path("reason").asString("an unknown reason") + " (exit code "
                            + last.path("exitCode").asString("?") + ")",
                    "OOMKilled".equals(last.path("reason").asString(""))
                            ? "give it more: annotation remora.io/agent-memory-limit"
                            : log(pod, "remora") + " --previous");
        }
        if (!pod.version().isEmpty() && !pod.version().equals(target.version())) {
            return new Trouble(
                    false,
                    "injected by version " + pod.version() + ", and this is " + target.version(),
                    "inject and roll it again (docs/upgrade.md), or ask with the same version");
        }
        return null;
    }

    private @Nullable Trouble notStarted(InjectedPod pod, JsonNode status, String container) {
        String waiting = status.path("state").path("waiting").path("reason").asString("");
        if (waiting.contains("Image")) {
            return new Trouble(
                    true,
                    waiting + ": the image " + status.path("image").asString("") + " of " + container
                            + " is not to be had",
                    "push it where the node finds it, and name it by --agent-image and --init-image");
        }
        JsonNode now = status.path("state").path("terminated");
        JsonNode ended = now.isMissingNode() && !waiting.isEmpty()
                ? status.path("lastState").path("terminated")
                : now;
        int code = ended.path("exitCode").asInt(0);
        if (code != 0) {
            String meaning = container.equals("remora-init") ? INIT_CODES.get(code) : null;
            return new Trouble(
                    true,
                    container + " ended with exit code " + code + (meaning == null ? "" : ", " + meaning),
                    log(pod, container) + "; codes: docs/"
                            + (container.equals("remora-init") ? "iptables-init.md" : "agent.md"));
        }
        if (!waiting.isEmpty() && !waiting.equals("PodInitializing") && !waiting.equals("ContainerCreating")) {
            String message =
                    status.path("state").path("waiting").path("message").asString("");
            return new Trouble(
                    true,
                    container + " does not start: " + waiting + (message.isEmpty() ? "" : ", " + message),
                    describe(pod));
        }
        return null;
    }

    private String log(InjectedPod pod, String container) {
        return "kubectl -n " + target.namespace() + " logs " + pod.name() + " -c " + container;
    }

    private String describe(InjectedPod pod) {
        return "kubectl -n " + target.namespace() + " describe pod " + pod.name();
    }

    /** Pods that should have been injected by the webhook. */
    private void left(Findings findings, Reply pods, int injected) {
        Reply namespace = cluster.get("/api/v1/namespaces/" + target.namespace());
        if (!"enabled".equals(label(namespace.body(), "remora.io/inject"))) {
            return;
        }
        int bare = -injected;
        for (JsonNode pod : pods.body().path("items")) {
            String wish = pod.path("metadata")
                    .path("annotations")
                    .path("remora.io/inject")
                    .asString("");
            boolean optedOut = wish.equals("disabled")
                    || wish.equals("false")
                    || "disabled".equals(label(pod, "remora.io/inject"));
            bare += InjectedPod.isOver(pod) || optedOut ? 0 : 1;
        }
        if (bare > 0) {
            findings.warning(
                    bare + " pods of namespace " + target.namespace()
                            + " have no agent, though its label says remora.io/inject: enabled",
                    "pods are injected when they are created: kubectl -n " + target.namespace()
                            + " rollout restart deployment; if they stay without, see the check webhook and its log");
        }
    }

    private static String label(JsonNode object, String name) {
        return object.path("metadata").path("labels").path(name).asString("");
    }
}
