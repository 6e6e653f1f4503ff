package io.remora.lab;

import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.lab.api.FakeKubelet;
import io.remora.lab.api.LabObjects;
import io.remora.lab.api.PodTemplate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Tells the API server about the lab's nodes and pods, as the kubelets of a cluster do: controllers and kube-proxy live on it.
 * All pods are in the namespace {@code default}. Thread-safe.
 */
public final class Kubelet {
    private static final String NAMESPACE = "default";

    private final Lab lab;
    private final KubernetesClient api;
    private final FakeKubelet kubelet;

    Kubelet(Lab lab) {
        this.lab = lab;
        this.api = lab.controlPlane().admin();
        this.kubelet = new FakeKubelet(api);
    }

    /** Creates the Node objects, ready, with zone, addresses and pod CIDRs, and the ServiceAccount that pods need; again, after a restart. */
    public void registerNodes() {
        LabObjects.ensureDefaultAccount(api, NAMESPACE);
        for (Node node : lab.nodes()) {
            LabObjects.apply(
                    api,
                    new NodeBuilder()
                            .withNewMetadata()
                            .withName(node.name())
                            .addToLabels("kubernetes.io/hostname", node.name())
                            .addToLabels("topology.kubernetes.io/zone", node.zone())
                            .endMetadata()
                            .withNewSpec()
                            .withPodCIDR(node.podCidrs().get(0))
                            .withPodCIDRs(node.podCidrs())
                            .endSpec()
                            .build());
            List<NodeAddress> addresses = Stream.concat(
                            node.ips().stream().map(ip -> new NodeAddress(ip, "InternalIP")),
                            Stream.of(new NodeAddress(node.name(), "Hostname")))
                    .toList();
            api.nodes()
                    .withName(node.name())
                    .editStatus(current -> new NodeBuilder(current)
                            .editOrNewStatus()
                            .withAddresses(addresses)
                            .endStatus()
                            .build());
        }
    }

    /**
     * Creates the object of a pod, running and ready, with its addresses.
     *
     * @param app its label {@code app}, by which a Service selects it
     * @param namedPorts names of container ports and their numbers
     */
    public void run(Pod pod, String app, Map<String, Integer> namedPorts) {
        kubelet.createPod(new PodTemplate(NAMESPACE, pod.name(), app, pod.node().name(), namedPorts));
        kubelet.running(NAMESPACE, pod.name(), pod.ips().toArray(String[]::new));
    }

    /** Reports whether a pod's readiness probe succeeds. */
    public void ready(Pod pod, boolean ready) {
        kubelet.ready(NAMESPACE, pod.name(), ready);
    }

    /** Begins the deletion of a pod's object: its endpoint is terminating from now on. {@link #gone(Pod)} ends it. */
    public void terminate(Pod pod) {
        kubelet.terminate(NAMESPACE, pod.name());
    }

    /** Removes a pod's object at once, as a kubelet does when the last container has ended. */
    public void gone(Pod pod) {
        kubelet.remove(NAMESPACE, pod.name());
    }
}
