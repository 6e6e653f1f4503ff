package io.remora.lab.e2e.decisions;

import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.ForZone;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import java.util.List;
import java.util.Locale;

/**
 * A Service that is written last. A watch keeps the order of its objects, so kube-proxy knows all others when it knows this
 * one. Its endpoints have hints, which show that kube-proxy knows the zone of its node.
 *
 * @param addresses its ClusterIPs
 */
record Marker(List<IpAddress> addresses) {

    private static final String NAME = "marker";
    private static final int PORT = 80;

    static Marker write(KubernetesClient api, List<ProxiedNode> nodes) {
        List<String> clusterIps = api.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(NAME)
                        .endMetadata()
                        .withNewSpec()
                        .withIpFamilyPolicy("RequireDualStack")
                        .addNewPort()
                        .withPort(PORT)
                        .endPort()
                        .endSpec()
                        .build())
                .create()
                .getSpec()
                .getClusterIPs();
        for (IpFamily family : IpFamily.values()) {
            List<Endpoint> endpoints = nodes.stream()
                    .map(node -> new EndpointBuilder()
                            .withAddresses(endpoint(node, family).toString())
                            .withNewHints()
                            .withForZones(new ForZone(node.zone()))
                            .endHints()
                            .build())
                    .toList();
            api.resource(new EndpointSliceBuilder()
                            .withNewMetadata()
                            .withNamespace("default")
                            .withName(NAME + "-" + family.name().toLowerCase(Locale.ROOT))
                            .addToLabels("kubernetes.io/service-name", NAME)
                            .endMetadata()
                            .withAddressType(family == IpFamily.IPV4 ? "IPv4" : "IPv6")
                            .withEndpoints(endpoints)
                            .addNewPort()
                            .withName("")
                            .withPort(PORT)
                            .endPort()
                            .build())
                    .create();
        }
        return new Marker(clusterIps.stream().map(IpAddress::parse).toList());
    }

    private static IpAddress endpoint(ProxiedNode node, IpFamily family) {
        return node.pods(family).get(0);
    }

    /** Whether a node's rules lead to the endpoint for the node's zone, in both families. */
    boolean isDecided(ProxiedNode node) {
        return addresses.stream().allMatch(address -> {
            IpAddress client = node.pods(address.family()).get(0);
            Fate fate = node.fate(new Packet(client, TransportAddress.tcp(address, PORT)));
            TransportAddress wanted = TransportAddress.tcp(endpoint(node, address.family()), PORT);
            return fate.endpoints().equals(List.of(RuleWalk.hostPort(wanted)));
        });
    }
}
