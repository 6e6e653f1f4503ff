package io.remora.lab.api;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodIPBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/**
 * Plays the kubelets of all nodes: registers nodes, and reports of Pods what a kubelet would. It runs nothing; the lab does.
 * Thread-safe.
 */
public final class FakeKubelet {
    private final KubernetesClient client;

    /**
     * @param client the administrator's
     */
    public FakeKubelet(KubernetesClient client) {
        this.client = client;
    }

    /** Registers a ready node in a zone. */
    public Node registerNode(String name, String zone, String address) {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/hostname", name)
                .addToLabels("topology.kubernetes.io/zone", zone)
                .endMetadata()
                .build();
        LabObjects.apply(client, node);
        return client.nodes()
                .withName(name)
                .editStatus(found -> new NodeBuilder(found)
                        .withNewStatus()
                        .addNewAddress(address, "InternalIP")
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .withReason("KubeletReady")
                        .withLastTransitionTime(now())
                        .endCondition()
                        .addToAllocatable("cpu", new Quantity("2"))
                        .addToAllocatable("memory", new Quantity("4Gi"))
                        .addToAllocatable("pods", new Quantity("110"))
                        .endStatus()
                        .build());
    }

    /** Creates a Pod that is bound to its node but does not run yet. */
    public Pod createPod(PodTemplate template) {
        return client.resource(template.build()).create();
    }

    /** Reports that a Pod runs and is ready. */
    public Pod running(String namespace, String name, String... addresses) {
        return report(namespace, name, true, List.of(addresses));
    }

    /** Reports that a Pod runs and that its readiness probe fails. */
    public Pod runningNotReady(String namespace, String name, String... addresses) {
        return report(namespace, name, false, List.of(addresses));
    }

    /** Reports a change of a running Pod's readiness. */
    public Pod ready(String namespace, String name, boolean ready) {
        List<String> addresses = pod(namespace, name).get().getStatus().getPodIPs().stream()
                .map(PodIP::getIp)
                .toList();
        return report(namespace, name, ready, addresses);
    }

    private Pod report(String namespace, String name, boolean ready, List<String> addresses) {
        List<PodIP> ips = addresses.stream()
                .map(address -> new PodIPBuilder().withIp(address).build())
                .toList();
        List<PodCondition> conditions = Stream.of("PodScheduled", "Initialized", "ContainersReady", "Ready")
                .map(type -> condition(type, ready || type.equals("PodScheduled") || type.equals("Initialized")))
                .toList();
        return pod(namespace, name)
                .editStatus(found -> new PodBuilder(found)
                        .editOrNewStatus()
                        .withPhase("Running")
                        .withPodIP(addresses.get(0))
                        .withPodIPs(ips)
                        .withConditions(conditions)
                        .withStartTime(now())
                        .endStatus()
                        .build());
    }

    private static PodCondition condition(String type, boolean met) {
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(met ? "True" : "False")
                .withLastTransitionTime(now())
                .build();
    }

    /** Reports that a Pod's containers have ended, with or without success. */
    public Pod ended(String namespace, String name, boolean success) {
        return pod(namespace, name)
                .editStatus(found -> new PodBuilder(found)
                        .editOrNewStatus()
                        .withPhase(success ? "Succeeded" : "Failed")
                        .withConditions(condition("Ready", false))
                        .endStatus()
                        .build());
    }

    /** Asks for a Pod's end, as {@code kubectl delete --wait=false} does: it is terminating until {@link #remove}. */
    public void terminate(String namespace, String name) {
        pod(namespace, name).delete();
    }

    /** Removes a Pod whose containers are gone, as a kubelet does at the end. */
    public void remove(String namespace, String name) {
        pod(namespace, name).withGracePeriod(0).delete();
    }

    private PodResource pod(String namespace, String name) {
        return client.pods().inNamespace(namespace).withName(name);
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
