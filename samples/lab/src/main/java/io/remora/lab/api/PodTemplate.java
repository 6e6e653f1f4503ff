package io.remora.lab.api;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Map;

/**
 * A Pod on a node.
 *
 * @param app the value of its label {@code app}
 * @param ports its container ports by name
 * @param graceSeconds how long it may take to end
 */
public record PodTemplate(
        String namespace, String name, String app, String node, Map<String, Integer> ports, int graceSeconds) {

    public PodTemplate {
        ports = Map.copyOf(ports);
        if (graceSeconds < 0) {
            throw new IllegalArgumentException("graceSeconds must not be negative: " + graceSeconds);
        }
    }

    public PodTemplate(String namespace, String name, String app, String node, Map<String, Integer> ports) {
        this(namespace, name, app, node, ports, 30);
    }

    Pod build() {
        List<ContainerPort> containerPorts = ports.entrySet().stream()
                .map(port -> new ContainerPortBuilder()
                        .withName(port.getKey())
                        .withContainerPort(port.getValue())
                        .build())
                .toList();
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels("app", app)
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .withAutomountServiceAccountToken(false)
                .withTerminationGracePeriodSeconds((long) graceSeconds)
                .addNewContainer()
                .withName("app")
                .withImage("lab")
                .withPorts(containerPorts)
                .endContainer()
                .endSpec()
                .build();
    }
}
