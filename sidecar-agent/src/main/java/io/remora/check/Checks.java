package io.remora.check;

import java.io.IOException;
import java.time.Clock;
import java.util.List;

/** The checks of each place, in the order in which they are run. Stateless. */
final class Checks {

    private Checks() {}

    /** From outside, by the API; if that cannot be reached, nothing more is asked. */
    static void ofCluster(Findings findings, Cluster cluster, CheckTarget target, Clock clock) {
        List<Check> checks = List.of(
                new ApiServerCheck(cluster),
                new ServiceCidrsCheck(cluster, target),
                new RightsCheck(cluster, target, false),
                new AdmissionCheck(cluster, target),
                new MeshCheck(cluster, target),
                new CiliumCheck(cluster),
                new WebhookCheck(cluster, target, clock),
                new InjectedPodsCheck(cluster, target));
        try {
            checks.forEach(findings::run);
        } catch (Cluster.UnreachableException e) {
            findings.fail(
                    String.valueOf(e.getMessage()),
                    "kubectl cluster-info with the same kubeconfig and context tells more");
        }
    }

    /** Inside a pod, by its agent. */
    static void ofPod(Findings findings, AgentPages agent, Sockets sockets) {
        findings.run(new Check() {
            @Override
            public String name() {
                return "agent";
            }

            @Override
            public void run(Findings own) {
                try {
                    AgentFacts facts = AgentFacts.read(agent);
                    new AgentCheck(facts).run(own);
                    own.run(new CapturedServicesCheck(facts));
                    own.run(new CaptureCheck(facts, sockets));
                } catch (IOException e) {
                    own.fail(
                            String.valueOf(e.getMessage()),
                            "see whether it runs, and why not: kubectl describe pod; is its admin.port another (--admin)?");
                }
            }
        });
    }

    /** Inside a pod, of its own rights. */
    static void ofOwnRights(Findings findings, Cluster cluster, CheckTarget target) {
        try {
            findings.run(new RightsCheck(cluster, target, true));
        } catch (Cluster.UnreachableException e) {
            findings.fail(
                    String.valueOf(e.getMessage()),
                    "let the pod's connections to the API server through (a NetworkPolicy?); the agent needs them too");
        }
    }
}
