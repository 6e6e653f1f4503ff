package io.remora.check;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Whether Cilium translates ClusterIPs in {@code connect()}, before the init step's rules see a packet. */
final class CiliumCheck implements Check {

    private static final String CONFIG = "/api/v1/namespaces/kube-system/configmaps/cilium-config";

    private final Cluster cluster;

    CiliumCheck(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public String name() {
        return "cilium";
    }

    @Override
    public void run(Findings findings) {
        Reply reply = cluster.get(CONFIG);
        if (reply.isMissing()) {
            findings.ok("Cilium is not there (no ConfigMap kube-system/cilium-config)");
            return;
        }
        if (!reply.isOk()) {
            findings.notSeen(
                    "the ConfigMap kube-system/cilium-config, to see whether Cilium's socket load balancer is on,",
                    reply);
            return;
        }
        JsonNode data = reply.body().path("data");
        String replacement = data.path("kube-proxy-replacement").asString("false");
        boolean sockets = "true".equals(data.path("bpf-lb-sock").asString(""))
                || "true".equals(data.path("enable-host-reachable-services").asString(""));
        boolean on = sockets || Set.of("true", "strict").contains(replacement);
        if (!on) {
            findings.ok("Cilium is there, without its socket load balancer");
        } else if ("true".equals(data.path("bpf-lb-sock-hostns-only").asString(""))) {
            findings.ok("Cilium's socket load balancer is for the nodes' own network namespaces only");
        } else {
            findings.fail(
                    "Cilium's socket load balancer is on in pods ("
                            + (sockets ? "bpf-lb-sock: true" : "kube-proxy-replacement: " + replacement)
                            + "): it puts a pod's address in the place of a ClusterIP when an application connects, so that"
                            + " nothing is left to capture",
                    "set socketLB.hostNamespaceOnly=true, as for Istio: helm upgrade cilium cilium/cilium -n kube-system"
                            + " --reuse-values --set socketLB.hostNamespaceOnly=true; kubectl -n kube-system rollout"
                            + " restart daemonset/cilium");
        }
    }
}
