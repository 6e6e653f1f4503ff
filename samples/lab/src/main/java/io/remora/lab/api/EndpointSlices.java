package io.remora.lab.api;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Computes the EndpointSlices of a Service from its Pods, as the EndpointSlice controller of Kubernetes does: a pure function.
 * Names are stable, so that a slice is updated and not replaced.
 */
final class EndpointSlices {
    static final String MANAGED_BY = "endpointslice-controller.k8s.io";

    private EndpointSlices() {}

    /**
     * The slices, grouped by address family and by the ports that the Pods' named ports resolve to.
     *
     * @param pods the Pods that its selector matches
     * @param zones the zone of each node
     * @param maxEndpoints how many endpoints a slice holds at most
     */
    static List<EndpointSlice> of(Service service, Collection<Pod> pods, Map<String, String> zones, int maxEndpoints) {
        List<EndpointSlice> slices = new ArrayList<>();
        for (String family : service.getSpec().getIpFamilies()) {
            Map<List<EndpointPort>, List<Endpoint>> groups = new LinkedHashMap<>();
            pods.stream()
                    .filter(EndpointSlices::mayServe)
                    .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                    .forEach(pod -> address(pod, family)
                            .ifPresent(
                                    address -> groups.computeIfAbsent(ports(service, pod), ports -> new ArrayList<>())
                                            .add(endpoint(service, pod, address, zones))));
            groups.forEach((ports, endpoints) -> {
                for (int from = 0; from < endpoints.size(); from += maxEndpoints) {
                    List<Endpoint> part = endpoints.subList(from, Math.min(from + maxEndpoints, endpoints.size()));
                    slices.add(slice(service, family, slices.size(), ports, part));
                }
            });
        }
        return slices;
    }

    private static boolean mayServe(Pod pod) {
        String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
        return !"Failed".equals(phase) && !"Succeeded".equals(phase);
    }

    private static Optional<String> address(Pod pod, String family) {
        if (pod.getStatus() == null) {
            return Optional.empty();
        }
        return pod.getStatus().getPodIPs().stream()
                .map(PodIP::getIp)
                .filter(ip -> (ip.indexOf(':') >= 0) == family.equals("IPv6"))
                .findFirst();
    }

    private static List<EndpointPort> ports(Service service, Pod pod) {
        List<EndpointPort> ports = new ArrayList<>();
        for (ServicePort port : service.getSpec().getPorts()) {
            Integer number = number(port.getTargetPort(), pod);
            if (number != null) {
                ports.add(new EndpointPortBuilder()
                        .withName(Objects.requireNonNullElse(port.getName(), ""))
                        .withPort(number)
                        .withProtocol(port.getProtocol())
                        .withAppProtocol(port.getAppProtocol())
                        .build());
            }
        }
        return ports;
    }

    /** The number of a target port; null when the Pod has no port of that name. */
    private static @Nullable Integer number(IntOrString target, Pod pod) {
        if (target.getStrVal() == null) {
            return target.getIntVal();
        }
        return pod.getSpec().getContainers().stream()
                .flatMap(container -> container.getPorts().stream())
                .filter(port -> target.getStrVal().equals(port.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst()
                .orElse(null);
    }

    private static Endpoint endpoint(Service service, Pod pod, String address, Map<String, String> zones) {
        boolean serving = pod.getStatus().getConditions().stream()
                .anyMatch(each ->
                        each.getType().equals("Ready") && each.getStatus().equals("True"));
        boolean terminating = pod.getMetadata().getDeletionTimestamp() != null;
        boolean published = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
        String node = pod.getSpec().getNodeName();
        String zone = zones.get(node);
        EndpointBuilder endpoint = new EndpointBuilder()
                .withAddresses(address)
                .withNewConditions(published || (serving && !terminating), serving || published, terminating)
                .withNodeName(node)
                .withZone(zone)
                .withNewTargetRef()
                .withKind("Pod")
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endTargetRef();
        String distribution = service.getSpec().getTrafficDistribution();
        if (distribution != null && zone != null) {
            endpoint = endpoint.withNewHints().addNewForZone(zone).endHints();
            if (distribution.equals("PreferSameNode")) {
                endpoint = endpoint.editHints().addNewForNode(node).endHints();
            }
        }
        return endpoint.build();
    }

    private static EndpointSlice slice(
            Service service, String family, int number, List<EndpointPort> ports, List<Endpoint> endpoints) {
        String name = service.getMetadata().getName();
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withName(name + "-lab-" + number)
                .addToLabels("kubernetes.io/service-name", name)
                .addToLabels("endpointslice.kubernetes.io/managed-by", MANAGED_BY)
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Service")
                .withName(name)
                .withUid(service.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .endOwnerReference()
                .endMetadata()
                .withAddressType(family)
                .withPorts(ports)
                .withEndpoints(endpoints)
                .build();
    }
}
