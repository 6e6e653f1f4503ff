package io.remora.lab;

import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

    Kubelet(Lab lab) {
        this.lab = lab;
    }

    /** Creates the Node objects, ready, with zone, addresses and pod CIDRs, and the ServiceAccount that pods need. */
    public void registerNodes() {
        createOnce(() -> api().serviceAccounts()
                .inNamespace(NAMESPACE)
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("default")
                        .endMetadata()
                        .build())
                .create());
        for (Node node : lab.nodes()) {
            var object = new NodeBuilder()
                    .withNewMetadata()
                    .withName(node.name())
                    .addToLabels("kubernetes.io/hostname", node.name())
                    .addToLabels("topology.kubernetes.io/zone", node.zone())
                    .endMetadata()
                    .withNewSpec()
                    .withPodCIDR(node.podCidrs().get(0))
                    .withPodCIDRs(node.podCidrs())
                    .endSpec()
                    .build();
            createOnce(() -> api().nodes().resource(object).create());
            List<NodeAddress> addresses = Stream.concat(
                            node.ips().stream().map(ip -> new NodeAddress(ip, "InternalIP")),
                            Stream.of(new NodeAddress(node.name(), "Hostname")))
                    .toList();
            api().nodes()
                    .withName(node.name())
                    .editStatus(current -> new NodeBuilder(current)
                            .editOrNewStatus()
                            .withAddresses(addresses)
                            .withConditions()
                            .addNewCondition()
                            .withType("Ready")
                            .withStatus("True")
                            .withReason("Lab")
                            .withLastHeartbeatTime(now())
                            .withLastTransitionTime(now())
                            .endCondition()
                            .endStatus()
                            .build());
        }
    }

    /**
     * Creates the object of a pod, running and ready, with its addresses.
     *
     * @param labels what a Service selects it by
     * @param namedPorts names of container ports and their numbers
     */
    public void run(Pod pod, Map<String, String> labels, Map<String, Integer> namedPorts) {
        var builder = new PodBuilder()
                .withNewMetadata()
                .withName(pod.name())
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withNodeName(pod.node().name())
                .withAutomountServiceAccountToken(false)
                .addNewContainer()
                .withName("main")
                .withImage("lab")
                .withPorts(namedPorts.entrySet().stream()
                        .map(port -> new ContainerPortBuilder()
                                .withName(port.getKey())
                                .withContainerPort(port.getValue())
                                .withProtocol("TCP")
                                .build())
                        .toList())
                .endContainer()
                .endSpec();
        api().pods().inNamespace(NAMESPACE).resource(builder.build()).create();
        ready(pod, true);
    }

    /** Reports whether a pod's readiness probe succeeds. */
    public void ready(Pod pod, boolean ready) {
        List<PodIP> ips = pod.ips().stream().map(PodIP::new).toList();
        api().pods()
                .inNamespace(NAMESPACE)
                .withName(pod.name())
                .editStatus(current -> new PodBuilder(current)
                        .editOrNewStatus()
                        .withPhase("Running")
                        .withHostIP(pod.node().ip())
                        .withPodIP(pod.ip())
                        .withPodIPs(ips)
                        .withStartTime(now())
                        .withConditions()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus(ready ? "True" : "False")
                        .withLastTransitionTime(now())
                        .endCondition()
                        .endStatus()
                        .build());
    }

    /** Begins the deletion of a pod's object: its endpoint is terminating from now on. {@link #gone(Pod)} ends it. */
    public void terminate(Pod pod, Duration grace) {
        api().pods()
                .inNamespace(NAMESPACE)
                .withName(pod.name())
                .withGracePeriod(grace.toSeconds())
                .delete();
    }

    /** Removes a pod's object at once, as a kubelet does when the last container has ended. */
    public void gone(Pod pod) {
        api().pods()
                .inNamespace(NAMESPACE)
                .withName(pod.name())
                .withGracePeriod(0)
                .delete();
    }

    private static void createOnce(Runnable create) {
        try {
            create.run();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    /** API time stamps of objects have whole seconds. */
    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private KubernetesClient api() {
        return lab.controlPlane().admin();
    }
}
