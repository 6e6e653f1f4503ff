package io.remora.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A cluster of answers: what it was not given is not there. */
final class FakeCluster implements Cluster {

    static final String NAMESPACE = "/api/v1/namespaces/shop";
    static final String PODS = "/api/v1/namespaces/shop/pods";
    static final String WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
    static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/remora-system/endpointslices"
            + "?labelSelector=kubernetes.io%2Fservice-name%3Dremora-webhook";
    static final String CILIUM = "/api/v1/namespaces/kube-system/configmaps/cilium-config";
    static final String SERVICE_CIDRS = "/apis/networking.k8s.io/v1/servicecidrs";

    private final Map<String, Reply> answers = new HashMap<>();
    private final List<String> posted = new ArrayList<>();
    private boolean away;
    private UnaryOperator<String> reviews = question -> "{\"status\":{\"allowed\":true}}";

    /** Where all is well: one namespace, and nothing else in it. */
    static FakeCluster healthy() {
        return new FakeCluster()
                .with("/version", "{'gitVersion':'v1.36.3'}")
                .with(SERVICE_CIDRS, "{'items':[{'spec':{'cidrs':['10.96.0.0/16']}}]}")
                .with(NAMESPACE, "{'metadata':{'name':'shop'}}")
                .with(PODS, "{'items':[]}")
                .with(PODS + "?dryRun=All", "{'kind':'Pod'}")
                .with(WEBHOOKS, "{'items':[]}");
    }

    /** Answers with an object, in single quotes. */
    FakeCluster with(String path, String json) {
        answers.put(path, Reply.of(200, json.replace('\'', '"')));
        return this;
    }

    /** Refuses. */
    FakeCluster refuse(String path, int status, String message) {
        answers.put(path, Reply.of(status, Reply.JSON.writeValueAsString(Map.of("message", message))));
        return this;
    }

    FakeCluster forbid(String path) {
        return refuse(path, 403, "User \"me\" cannot get it");
    }

    /** Answers reviews of access. */
    FakeCluster reviewing(UnaryOperator<String> answer) {
        reviews = answer;
        return this;
    }

    FakeCluster away() {
        away = true;
        return this;
    }

    List<String> posted() {
        return posted;
    }

    @Override
    public String address() {
        return "https://api.example:6443";
    }

    @Override
    public Reply get(String path) {
        if (away) {
            throw new UnreachableException("connection refused by https://api.example:6443");
        }
        return answers.getOrDefault(path, Reply.of(404, "{\"message\":\"not found\"}"));
    }

    @Override
    public Reply post(String path, String json) {
        posted.add(json);
        return path.endsWith("accessreviews") && !answers.containsKey(path)
                ? Reply.of(201, reviews.apply(json))
                : get(path);
    }
}
