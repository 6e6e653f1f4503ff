package io.remora.lab;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.lab.api.LabObjects;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Services whose EndpointSlices the lab writes itself, as the EndpointSlice controller would: they need no controller, so they
 * are the same on the real and the embedded API server. All are in the namespace {@code default}. Thread-safe.
 */
public final class LabServices {
    private static final String NAMESPACE = "default";

    private final Lab lab;

    LabServices(Lab lab) {
        this.lab = lab;
    }

    /**
     * Creates a Service of type ClusterIP with one TCP port, without a selector and without endpoints; dual-stack in a lab
     * with IPv6.
     *
     * @return it as the API server completed it: {@code spec.clusterIPs} is set
     */
    public Service create(String name, int port, int targetPort) {
        Service service = new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withIpFamilyPolicy(lab.config().ipv6() ? "RequireDualStack" : "SingleStack")
                .addNewPort()
                .withName("main")
                .withProtocol("TCP")
                .withPort(port)
                .withNewTargetPort(targetPort)
                .endPort()
                .endSpec()
                .build();
        return api().services().inNamespace(NAMESPACE).resource(service).create();
    }

    /** Makes these pods, all ready, the endpoints of a Service, in one slice per address family. */
    public void endpoints(String service, List<Pod> ready) {
        set(service, "IPv4", ready.stream().map(pod -> endpoint(pod, pod.ip())).toList());
        if (lab.config().ipv6()) {
            set(
                    service,
                    "IPv6",
                    ready.stream().map(pod -> endpoint(pod, pod.ip6())).toList());
        }
    }

    /**
     * Replaces one slice of a Service.
     *
     * @param family {@code IPv4} or {@code IPv6}
     * @param endpoints its endpoints, {@link #endpoint(Pod, String)} for example, with whatever conditions
     */
    public void set(String service, String family, List<Endpoint> endpoints) {
        List<EndpointPort> ports =
                api().services().inNamespace(NAMESPACE).withName(service).require().getSpec().getPorts().stream()
                        .map(LabServices::port)
                        .toList();
        EndpointSlice slice = new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(service + "-" + family.toLowerCase(Locale.ROOT))
                .addToLabels("kubernetes.io/service-name", service)
                .addToLabels("endpointslice.kubernetes.io/managed-by", "remora-lab")
                .addToAnnotations(
                        "endpoints.kubernetes.io/last-change-trigger-time",
                        Instant.now().toString())
                .endMetadata()
                .withAddressType(family)
                .withEndpoints(endpoints)
                .withPorts(ports)
                .build();
        LabObjects.apply(api(), slice);
    }

    private static EndpointPort port(ServicePort port) {
        return new EndpointPortBuilder()
                .withName(port.getName())
                .withProtocol(port.getProtocol())
                .withPort(port.getTargetPort().getIntVal())
                .build();
    }

    /** A ready endpoint with its node, zone and pod. */
    public Endpoint endpoint(Pod pod, String address) {
        return new EndpointBuilder()
                .withAddresses(address)
                .withNewConditions()
                .withReady(true)
                .withServing(true)
                .withTerminating(false)
                .endConditions()
                .withNodeName(pod.node().name())
                .withZone(pod.node().zone())
                .withNewTargetRef()
                .withKind("Pod")
                .withNamespace(NAMESPACE)
                .withName(pod.name())
                .endTargetRef()
                .build();
    }

    /** Deletes a Service and its slices. */
    public void delete(String service) {
        api().services().inNamespace(NAMESPACE).withName(service).delete();
        api().discovery()
                .v1()
                .endpointSlices()
                .inNamespace(NAMESPACE)
                .withLabel("kubernetes.io/service-name", service)
                .delete();
    }

    private KubernetesClient api() {
        return lab.controlPlane().admin();
    }
}
