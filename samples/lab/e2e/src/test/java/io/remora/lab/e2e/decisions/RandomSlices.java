package io.remora.lab.e2e.decisions;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditionsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.ForNode;
import io.fabric8.kubernetes.api.model.discovery.v1.ForZone;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Draws the EndpointSlices of one Service. */
final class RandomSlices {

    /** A pod of this number may be its own endpoint. */
    static final int HAIRPIN_HOST = 10;

    private static final List<String> PLACES = List.of("a", "b", "c");

    private final Chance chance;
    private final Service service;
    private final int zoneHints;
    private final int nodeHints;
    private final int unready;
    private final Set<String> used = new HashSet<>();
    private final List<Endpoint> single = new ArrayList<>();

    RandomSlices(Chance chance, Service service) {
        this.chance = chance;
        this.service = service;
        this.zoneHints = chance.of(0, 0, 100, 100, 100, 85);
        this.nodeHints = chance.of(0, 0, 0, 100, 85);
        this.unready = chance.of(5, 5, 30, 100);
    }

    EndpointSlice draw(String name) {
        String family = chance.in(3) ? "FQDN" : chance.of("IPv4", "IPv4", "IPv6");
        EndpointSliceBuilder slice = new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withName(name)
                .addToLabels("kubernetes.io/service-name", service.getMetadata().getName())
                .endMetadata()
                .withAddressType(family)
                .withPorts(ports())
                .withEndpoints(endpoints(family));
        if (chance.in(4)) {
            slice.editMetadata()
                    .addToLabels("service.kubernetes.io/headless", "")
                    .endMetadata();
        }
        return slice.build();
    }

    private List<EndpointPort> ports() {
        List<EndpointPort> ports = new ArrayList<>();
        for (ServicePort port : chance.some(service.getSpec().getPorts(), 90)) {
            ports.add(new EndpointPortBuilder()
                    .withName(chance.in(4) ? "other" : port.getName())
                    .withProtocol(chance.in(4) ? "UDP" : port.getProtocol())
                    .withPort(chance.in(4) ? null : Integer.valueOf(chance.of(8080, 8080, 9090)))
                    .build());
        }
        return ports;
    }

    private List<Endpoint> endpoints(String family) {
        List<Endpoint> endpoints = new ArrayList<>();
        int count = chance.of(0, 1, 2, 3, 4);
        for (int i = 0; i < count; i++) {
            endpoints.add(endpoint(family));
        }
        List<Endpoint> before = single.stream()
                .filter(endpoint -> endpoint.getAddresses().get(0).contains(":") == family.equals("IPv6"))
                .toList();
        if (!family.equals("FQDN")) {
            if (!before.isEmpty() && chance.in(30)) {
                Endpoint original = chance.of(before);
                single.remove(original);
                endpoints.add(duplicate(original));
            }
            single.addAll(endpoints.subList(0, count));
        }
        return endpoints;
    }

    private Endpoint endpoint(String family) {
        String place = chance.of(PLACES);
        String address;
        do {
            int number = PLACES.indexOf(place) + 1;
            int host = chance.of(HAIRPIN_HOST, chance.between(2, 250), chance.between(2, 250));
            address = switch (family) {
                case "IPv4" -> "10.244." + number + "." + host;
                case "IPv6" -> "fd00:244:" + number + "::" + Integer.toHexString(host);
                default -> "host-" + number + "-" + host + ".example.com";
            };
        } while (!used.add(address));
        EndpointBuilder endpoint = new EndpointBuilder().withAddresses(address);
        if (chance.in(4) && !family.equals("FQDN")) {
            endpoint.addToAddresses(family.equals("IPv4") ? "10.244.9.9" : "fd00:244:9::9");
        }
        return place(endpoint, place).withConditions(conditions()).build();
    }

    private EndpointBuilder place(EndpointBuilder endpoint, String place) {
        endpoint.withNodeName(chance.in(10) ? null : "node-" + place);
        endpoint.withZone(chance.in(10) ? null : "zone-" + place);
        List<ForZone> zones = List.of();
        List<ForNode> nodes = List.of();
        if (chance.in(zoneHints)) {
            zones = chance.in(20)
                    ? List.of(new ForZone("zone-a"), new ForZone("zone-b"))
                    : List.of(new ForZone("zone-" + chance.of(PLACES)));
        }
        if (chance.in(nodeHints)) {
            nodes = List.of(new ForNode("node-" + chance.of(PLACES)));
        }
        if (!zones.isEmpty() || !nodes.isEmpty()) {
            endpoint.withNewHints().withForZones(zones).withForNodes(nodes).endHints();
        }
        return endpoint;
    }

    private EndpointConditions conditions() {
        if (!chance.in(unready)) {
            return chance.of(
                    new EndpointConditionsBuilder().build(),
                    new EndpointConditionsBuilder()
                            .withReady(true)
                            .withServing(true)
                            .withTerminating(false)
                            .build());
        }
        return new EndpointConditionsBuilder()
                .withReady(chance.perhaps(85, chance.of(false, false, false, false, true)))
                .withServing(chance.perhaps(67, chance.of(true, false)))
                .withTerminating(chance.perhaps(67, chance.of(true, false)))
                .build();
    }

    /**
     * The same address again, in another slice, such that it is clear which of the two counts: they say the same, or just one of
     * them is terminating.
     */
    private Endpoint duplicate(Endpoint original) {
        if (chance.in(40)) {
            return new EndpointBuilder(original).build();
        }
        boolean terminating = original.getConditions() != null
                && Boolean.TRUE.equals(original.getConditions().getTerminating());
        EndpointConditions conditions = new EndpointConditionsBuilder(conditions())
                .withTerminating(terminating ? chance.perhaps(50, Boolean.FALSE) : Boolean.TRUE)
                .build();
        return place(new EndpointBuilder().withAddresses(original.getAddresses().get(0)), chance.of(PLACES))
                .withConditions(conditions)
                .build();
    }
}
