package io.remora.check;

import io.remora.inject.InjectException;
import io.remora.inject.InjectOptions;
import io.remora.inject.Injector;
import io.remora.inject.Sidecar;
import java.util.Map;
import java.util.Set;

/** Whether the namespace takes pods with the init step. Has the API server try one, without creating it. */
final class AdmissionCheck implements Check {

    private static final Set<String> TOO_STRICT = Set.of("baseline", "restricted");
    private static final String ENFORCE = "pod-security.kubernetes.io/enforce";
    private static final String POD = """
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "remora-check"},
             "spec": {"automountServiceAccountToken": false,
              "securityContext": {"runAsNonRoot": true, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
              "containers": [{"name": "app", "image": "app",
               "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
               "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"cpu": "1m", "memory": "1Mi"}}}]}}
            """;

    private final Cluster cluster;
    private final CheckTarget target;

    AdmissionCheck(Cluster cluster, CheckTarget target) {
        this.cluster = cluster;
        this.target = target;
    }

    @Override
    public String name() {
        return "pod-security";
    }

    @Override
    public void run(Findings findings) {
        String name = "namespace " + target.namespace();
        Reply namespace = cluster.get("/api/v1/namespaces/" + target.namespace());
        if (namespace.isMissing()) {
            findings.fail("there is no " + name, "create it, or choose another one: --namespace");
            return;
        }
        String level =
                namespace.body().path("metadata").path("labels").path(ENFORCE).asString("");
        Reply reply = cluster.post("/api/v1/namespaces/" + target.namespace() + "/pods?dryRun=All", injected());
        String said = reply.message();
        if (reply.isOk()) {
            findings.ok(name + " takes a pod with the init step (tried, without creating it)");
        } else if (said.contains("PodSecurity") || (TOO_STRICT.contains(level) && reply.isForbidden())) {
            findings.fail(
                    name + " does not take pods with the init step, which needs NET_ADMIN: "
                            + (said.contains("PodSecurity") ? said : ENFORCE + ": " + level),
                    "kubectl label --overwrite namespace " + target.namespace() + " " + ENFORCE
                            + "=privileged, and let another policy hold the applications to restricted");
        } else if (reply.isForbidden() && said.contains("cannot create resource")) {
            findings.warning(
                    "it was not tried whether " + name + " takes pods with the init step: you may not create pods there"
                            + (namespace.isOk() ? "" : ", nor look at the namespace"),
                    "ask somebody who may");
        } else {
            findings.fail(
                    name + " does not take a pod with the init step: " + said,
                    "mend what the message names: a quota, a limit range or a policy of the cluster");
        }
    }

    private String injected() {
        InjectOptions options = new InjectOptions(
                "remora-agent",
                "remora-iptables-init",
                "IfNotPresent",
                Sidecar.NATIVE,
                Map.of("service-cidr", "10.96.0.0/16"));
        try {
            return new Injector(options, target.version()).inject(POD).text();
        } catch (InjectException e) {
            throw new IllegalStateException(e);
        }
    }
}
