package io.remora.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Whether another mesh puts itself into the pods. */
final class MeshCheck implements Check {

    private static final String WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
    private static final List<String> MESHES = List.of("istio", "linkerd", "consul", "kuma", "osm");

    private final Cluster cluster;
    private final CheckTarget target;

    MeshCheck(Cluster cluster, CheckTarget target) {
        this.cluster = cluster;
        this.target = target;
    }

    @Override
    public String name() {
        return "other-mesh";
    }

    @Override
    public void run(Findings findings) {
        Reply namespace = cluster.get("/api/v1/namespaces/" + target.namespace());
        if (!namespace.isOk()) {
            findings.notSeen("the namespace " + target.namespace() + ", to see whether a mesh is on in it,", namespace);
            return;
        }
        JsonNode labels = namespace.body().path("metadata").path("labels");
        JsonNode annotations = namespace.body().path("metadata").path("annotations");
        String name = "namespace " + target.namespace();
        boolean ambient =
                "ambient".equals(labels.path("istio.io/dataplane-mode").asString(""));
        boolean injects = "enabled".equals(labels.path("istio-injection").asString(""))
                || (labels.has("istio.io/rev")
                        && !"disabled".equals(labels.path("istio-injection").asString("")));
        if (ambient || injects) {
            findings.fail(
                    "Istio is on in " + name + ": its proxy takes the same connections, and port 15001"
                            + (ambient ? "" : ", port 15020 and user 1337") + " of the pods",
                    "use one of the two: kubectl label namespace " + target.namespace()
                            + " istio-injection- istio.io/rev- istio.io/dataplane-mode-, or leave Remora out");
        } else if ("enabled".equals(annotations.path("linkerd.io/inject").asString(""))) {
            findings.fail(
                    "Linkerd is on in " + name + ": its proxy takes the same connections",
                    "use one of the two: kubectl annotate namespace " + target.namespace()
                            + " linkerd.io/inject-, or leave Remora out");
        } else {
            elsewhere(findings, name);
        }
    }

    private void elsewhere(Findings findings, String name) {
        Reply webhooks = cluster.get(WEBHOOKS);
        if (!webhooks.isOk()) {
            findings.notSeen("other meshes' webhooks", webhooks);
            return;
        }
        List<String> found = new ArrayList<>();
        for (JsonNode each : webhooks.body().path("items")) {
            String webhook = each.path("metadata").path("name").asString("");
            if (MESHES.stream().anyMatch(webhook.toLowerCase(Locale.ROOT)::contains)) {
                found.add(webhook);
            }
        }
        findings.ok(
                found.isEmpty()
                        ? "there is none"
                        : "there is one (" + String.join(", ", found) + "), which is not on in " + name
                                + "; pods of it that ask for it themselves cannot have Remora too");
    }
}
