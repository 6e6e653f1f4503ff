package io.remora.lab.e2e.decisions;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.ServiceSpecFluent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Draws the Services of one cluster. What it draws is not always valid: the API server decides. */
final class RandomService {

    /** Of all pods, of one node's, of half of them, of one pod, of none, and of everybody. */
    private static final List<String> RANGES = List.of(
            "10.244.0.0/16",
            "10.244.1.0/24",
            "10.244.2.0/25",
            "10.244.1.10/32",
            "192.0.2.0/24",
            "0.0.0.0/0",
            "fd00:244::/32",
            "fd00:244:1::/64",
            "fd00:244:2::a/128",
            "2001:db8::/32",
            "::/0");

    private final Chance chance;
    private final int cluster;
    private final Set<String> claims = new HashSet<>();

    /** @param cluster from 0 to 255; no other cluster has its external addresses */
    RandomService(Chance chance, int cluster) {
        this.chance = chance;
        this.cluster = cluster;
    }

    /** Draws a Service; its status is what a load balancer's controller would write. */
    Service draw(String namespace, String name) {
        String type = chance.of("ClusterIP", "ClusterIP", "NodePort", "LoadBalancer", "LoadBalancer");
        List<ServicePort> ports = ports();
        ServiceBuilder service = new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata();
        if (chance.in(4)) {
            service.editMetadata()
                    .addToLabels("service.kubernetes.io/service-proxy-name", chance.of("", "another"))
                    .endMetadata();
        }
        if (chance.in(5)) {
            service.editMetadata()
                    .addToLabels("service.kubernetes.io/headless", "")
                    .endMetadata();
        }
        if (chance.in(3)) {
            return service.withNewSpec()
                    .withType("ExternalName")
                    .withExternalName("example.com")
                    .endSpec()
                    .build();
        }
        var spec = service.withNewSpec().withType(type).withPorts(ports);
        if (chance.in(4)) {
            spec.withClusterIP("None");
        }
        families(spec);
        policies(spec, type);
        List<String> addresses = external(ports);
        spec.withExternalIPs(chance.some(addresses, 40));
        if (type.equals("LoadBalancer") ? chance.in(50) : chance.in(2)) {
            spec.withLoadBalancerSourceRanges(chance.some(RANGES, chance.of(10, 25)));
        }
        Service drawn = spec.endSpec().build();
        if (type.equals("LoadBalancer")) {
            return new ServiceBuilder(drawn)
                    .withNewStatus()
                    .withNewLoadBalancer()
                    .withIngress(ingress(chance.some(addresses, 60)))
                    .endLoadBalancer()
                    .endStatus()
                    .build();
        }
        return drawn;
    }

    private List<ServicePort> ports() {
        int count = chance.of(1, 1, 2, 3);
        List<ServicePort> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ports.add(new ServicePortBuilder()
                    .withName(
                            count == 1 && chance.in(50)
                                    ? null
                                    : List.of("http", "grpc", "dns").get(i))
                    .withPort(chance.of(53, 80, 443, 8080))
                    .withProtocol(chance.of("TCP", "TCP", "TCP", "TCP", "UDP", "SCTP"))
                    .withTargetPort(chance.of(new IntOrString(8080), new IntOrString("named"), new IntOrString(9)))
                    .build());
        }
        return ports;
    }

    private void families(ServiceSpecFluent<?> spec) {
        switch (chance.between(0, 4)) {
            case 0 -> spec.withIpFamilyPolicy("SingleStack").withIpFamilies("IPv6");
            case 1 -> spec.withIpFamilyPolicy("RequireDualStack").withIpFamilies("IPv6", "IPv4");
            case 2, 3 -> spec.withIpFamilyPolicy(chance.of("PreferDualStack", "RequireDualStack"));
            default -> {
                // As most manifests have it: nothing is said.
            }
        }
    }

    private void policies(ServiceSpecFluent<?> spec, String type) {
        spec.withInternalTrafficPolicy(chance.of("Cluster", "Cluster", "Local"));
        if (!type.equals("ClusterIP")) {
            spec.withExternalTrafficPolicy(chance.of("Cluster", "Local"));
        }
        if (type.equals("LoadBalancer") && chance.in(25)) {
            spec.withAllocateLoadBalancerNodePorts(false);
        }
        if (chance.in(30)) {
            spec.withSessionAffinity("ClientIP");
            if (chance.in(60)) {
                spec.withNewSessionAffinityConfig()
                        .withNewClientIP(chance.of(1, 60, 7200, 86400))
                        .endSessionAffinityConfig();
            }
        }
        if (chance.in(15)) {
            spec.withPublishNotReadyAddresses(true);
        }
        if (chance.in(20)) {
            spec.withTrafficDistribution(chance.of("PreferClose", "PreferSameZone", "PreferSameNode"));
        }
    }

    /** Addresses outside of the cluster of which no other Service of it has one of the ports: that would be left to chance. */
    private List<String> external(List<ServicePort> ports) {
        List<String> free = new ArrayList<>();
        if (chance.in(50)) {
            return free;
        }
        for (int host = 1; host <= 3; host++) {
            for (String address : List.of("100.64." + cluster + "." + host, ipv6(host))) {
                String canonical = (address.contains(":") ? "v6-" : "v4-") + host + " ";
                if (chance.in(60) && ports.stream().noneMatch(port -> claims.contains(canonical + port.getPort()))) {
                    ports.forEach(port -> claims.add(canonical + port.getPort()));
                    free.add(address);
                }
            }
        }
        return free;
    }

    private String ipv6(int host) {
        String network = Integer.toHexString(cluster);
        return chance.of(
                "fd00:198:" + network + "::" + host,
                "fd00:198:" + network + "::" + host,
                "FD00:0198:" + network + ":0:0:0:0:000" + host);
    }

    private List<LoadBalancerIngress> ingress(List<String> addresses) {
        List<LoadBalancerIngress> ingress = new ArrayList<>();
        for (String address : addresses) {
            ingress.add(new LoadBalancerIngressBuilder()
                    .withIp(address.replace("FD00:0198", "fd00:198").replace(":0:0:0:0:000", "::"))
                    .withIpMode(chance.perhaps(75, chance.of("VIP", "VIP", "Proxy")))
                    .build());
        }
        if (chance.in(10)) {
            ingress.add(new LoadBalancerIngressBuilder()
                    .withHostname("lb.example.com")
                    .build());
        }
        return ingress;
    }
}
