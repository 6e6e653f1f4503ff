package io.remora.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Whether agents may look at Services and EndpointSlices. Asks the API server, which decides. */
final class RightsCheck implements Check {

    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/";
    private static final String PREFIX = "system:serviceaccount:";
    private static final String ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/remora-agent";
    private static final List<String> VERBS = List.of("get", "list", "watch");

    private final Cluster cluster;
    private final CheckTarget target;
    private final boolean self;

    /** @param self whether to ask for those who ask, instead of accounts */
    RightsCheck(Cluster cluster, CheckTarget target, boolean self) {
        this.cluster = cluster;
        this.target = target;
        this.self = self;
    }

    /** A right that is needed. */
    private record Right(
            String group,
            String resource,
            String verb,
            @Nullable String namespace) {}

    @Override
    public String name() {
        return "rights";
    }

    @Override
    public void run(Findings findings) {
        if (self) {
            review(findings, null, target.watched(), target.onDemand());
        } else if (!target.accounts().isEmpty()) {
            target.accounts().forEach(each -> review(findings, each, target.watched(), target.onDemand()));
        } else {
            ofPods(findings);
        }
    }

    /** As each account of injected pods, with what they were told; else as the namespace's own. */
    private void ofPods(Findings findings) {
        Map<String, InjectedPod> accounts = new LinkedHashMap<>();
        for (InjectedPod pod : InjectedPod.of(cluster.get(InjectedPod.path(target.namespace())))) {
            accounts.putIfAbsent(PREFIX + target.namespace() + ":" + pod.account(), pod);
        }
        if (accounts.isEmpty()) {
            review(findings, PREFIX + target.namespace() + ":default", target.watched(), target.onDemand());
        }
        accounts.forEach((account, pod) -> {
            String watched = pod.agentVariable("REMORA_KUBERNETES_NAMESPACES");
            review(
                    findings,
                    account,
                    watched.isEmpty() ? target.watched() : List.of(watched.split("[,\\s]+", -1)),
                    target.onDemand()
                            || pod.agentVariable("REMORA_KUBERNETES_SCOPE").equals("on-demand"));
        });
    }

    private void review(Findings findings, @Nullable String account, List<String> watched, boolean onDemand) {
        List<String> denied = new ArrayList<>();
        String who = account == null ? "this pod's ServiceAccount" : account;
        for (Right right : rights(watched, onDemand)) {
            Reply reply = cluster.post(
                    REVIEWS + (account == null ? "selfsubjectaccessreviews" : "subjectaccessreviews"),
                    question(account, right));
            if (!reply.isOk()) {
                findings.notSeen("the rights of " + who, reply);
                return;
            }
            if (!reply.body().path("status").path("allowed").asBoolean(false)) {
                denied.add(right.verb() + " " + right.resource()
                        + (right.namespace() == null ? "" : " in " + right.namespace()));
            }
        }
        String where = watched.isEmpty() ? "all namespaces" : String.join(", ", watched);
        if (denied.isEmpty()) {
            findings.ok(who + " may look at Services and EndpointSlices of " + where);
        } else {
            findings.fail(
                    who + " may not " + String.join(", ", denied) + (watched.isEmpty() ? " in all namespaces" : ""),
                    fix(account));
        }
    }

    private static List<Right> rights(List<String> watched, boolean onDemand) {
        List<Right> rights = new ArrayList<>();
        List<@Nullable String> namespaces = new ArrayList<>(new TreeSet<>(watched));
        if (namespaces.isEmpty()) {
            namespaces.add(null);
        }
        for (String namespace : namespaces) {
            for (String verb : VERBS) {
                rights.add(new Right("", "services", verb, namespace));
                rights.add(new Right("discovery.k8s.io", "endpointslices", verb, namespace));
            }
        }
        if (onDemand) {
            rights.add(new Right("networking.k8s.io", "ipaddresses", "get", null));
        }
        return rights;
    }

    private static String question(@Nullable String account, Right right) {
        ObjectNode review = Reply.JSON.createObjectNode();
        review.put("apiVersion", "authorization.k8s.io/v1");
        review.put("kind", account == null ? "SelfSubjectAccessReview" : "SubjectAccessReview");
        ObjectNode spec = review.putObject("spec");
        if (account != null) {
            spec.put("user", account);
            // What a token of the account brings.
            spec.putArray("groups")
                    .add("system:serviceaccounts")
                    .add("system:serviceaccounts:" + namespaceOf(account))
                    .add("system:authenticated");
        }
        ObjectNode resource = spec.putObject("resourceAttributes");
        resource.put("group", right.group()).put("resource", right.resource()).put("verb", right.verb());
        if (right.namespace() != null) {
            resource.put("namespace", right.namespace());
        }
        return review.toString();
    }

    private String fix(@Nullable String account) {
        String namespace = account == null ? target.namespace() : namespaceOf(account);
        String bind = "kubectl create clusterrolebinding remora-agents-" + namespace
                + " --clusterrole=remora-agent --group=system:serviceaccounts:" + namespace;
        String role = self || !cluster.get(ROLE).isMissing()
                ? ""
                : "there is no ClusterRole remora-agent yet: kubectl apply -k sidecar-agent/install/kustomize/base; then ";
        return role + bind;
    }

    private static String namespaceOf(String account) {
        return account.substring(PREFIX.length()).replaceFirst(":.*", "");
    }

    /** Whether a text is the name of a ServiceAccount as a user. */
    static boolean isAccount(String text) {
        return text.matches(PREFIX + "[a-z0-9-]+:[a-z0-9.-]+");
    }
}
