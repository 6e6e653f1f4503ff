package io.remora.inject;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Why a pod cannot have an agent. Stateless. */
final class Refusals {

    private static final String LEAVE_OUT =
            "; to leave it as it is, set the annotation " + PodSettings.INJECT + ": disabled on its pods";

    private Refusals() {}

    static List<String> of(PodTemplate template, PodSettings settings) {
        List<String> problems = new ArrayList<>();
        if (template.spec() == null) {
            problems.add("its pods have no spec");
            return problems;
        }
        Node spec = template.spec().value();
        if (Boolean.TRUE.equals(Yaml.truth(spec, "hostNetwork"))) {
            problems.add("hostNetwork is true, so the rules would be the whole node's" + LEAVE_OUT);
        }
        if ("windows".equals(Yaml.text(spec, "os", "name"))) {
            problems.add("it runs on Windows, which has no iptables" + LEAVE_OUT);
        }
        if (isAgentsUser(Yaml.value(spec, "securityContext"))) {
            problems.add("its pods run as user or group " + Containers.UID
                    + ", which is the agent's, whose connections are left alone; give them another one");
        }
        for (String list : List.of("initContainers", "containers")) {
            for (Node container : template.containers(list)) {
                String name = Yaml.text(container, "name");
                check(name, container, settings, problems);
            }
        }
        if (settings.isPlain()) {
            plain(template, settings, problems);
        }
        if (Yaml.text(template.pod(), "metadata", "name") == null
                && template.place() == null
                && Yaml.value(template.pod(), "metadata") == null) {
            problems.add("it has no metadata");
        }
        return problems;
    }

    private static void plain(PodTemplate template, PodSettings settings, List<String> problems) {
        boolean quits = "true".equals(settings.own().get(PodSettings.APP_QUITS_AGENT));
        if (template.ends() && !quits) {
            problems.add(
                    "its pods end by themselves, which a plain container beside them would keep from being complete;"
                            + " use a native sidecar (Kubernetes 1.29 and newer), or let the application POST"
                            + " http://127.0.0.1:" + settings.adminPort()
                            + "/quitquitquit when it is done, and say so by the annotation "
                            + PodSettings.PREFIX + PodSettings.APP_QUITS_AGENT + ": \"true\"");
        }
        for (Node container : template.containers(PodPlan.INIT_CONTAINERS)) {
            if ("Always".equals(Yaml.text(container, "restartPolicy"))) {
                problems.add("container " + Yaml.text(container, "name") + " is a native sidecar, which would lose its"
                        + " connections to Services until the agent starts; let the agent be one too (sidecar native)");
            }
        }
    }

    private static void check(@Nullable String name, Node container, PodSettings settings, List<String> problems) {
        Set<String> ports = Set.of(String.valueOf(settings.capturePort()), String.valueOf(settings.adminPort()));
        if (Containers.INIT.equals(name) || Containers.AGENT.equals(name)) {
            problems.add("it has a container " + name + " that was not injected; take it out or rename it");
        }
        if (isAgentsUser(Yaml.value(container, "securityContext"))) {
            problems.add("container " + name + " runs as user or group " + Containers.UID
                    + ", which is the agent's, whose connections are left alone; give it another one");
        }
        for (Node port : Yaml.items(Yaml.value(container, "ports"))) {
            String number = Yaml.text(port, "containerPort");
            if (number != null && ports.contains(number)) {
                problems.add("container " + name + " listens on port " + number
                        + ", which the agent needs; give it another one");
            }
        }
    }

    private static boolean isAgentsUser(@Nullable Node securityContext) {
        String uid = String.valueOf(Containers.UID);
        return uid.equals(Yaml.text(securityContext, "runAsUser"))
                || uid.equals(Yaml.text(securityContext, "runAsGroup"));
    }
}
