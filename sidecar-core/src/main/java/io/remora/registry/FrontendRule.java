package io.remora.registry;

import io.remora.discovery.Cidr;
import io.remora.discovery.IngressAddress;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.TrafficPolicy;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which addresses lead to a Service, and to which of its Destinations, as kube-proxy has it: only in families of which
 * the Service has a ClusterIP; load balancer addresses unless their {@code ipMode} is {@code Proxy}; node ports on the
 * addresses of the clients' own node. To a headless Service no address leads. Used for one Service.
 */
final class FrontendRule {

    private final ServiceSnapshot service;
    private final ServiceSpec spec;
    private final RegistryConfig config;
    private final UseFlag use;
    private final List<Frontend> frontends = new ArrayList<>();
    private final List<Destination> destinations = new ArrayList<>();

    FrontendRule(ServiceSnapshot service, RegistryConfig config, UseFlag use) {
        this.service = service;
        this.spec = service.spec();
        this.config = config;
        this.use = use;
    }

    ServiceEntry entry() {
        for (IpFamily family : IpFamily.values()) {
            if (spec.headless() ? hasEndpoints(family) : hasClusterIp(family)) {
                for (ServicePort port : spec.ports()) {
                    if (port.protocol() == Protocol.TCP) {
                        add(port, family);
                    }
                }
            }
        }
        return new ServiceEntry(
                service, frontends, destinations, destinations.isEmpty() ? Exclusion.NO_TCP_PORT : null);
    }

    private boolean hasClusterIp(IpFamily family) {
        return spec.clusterIps().stream().anyMatch(ip -> ip.family() == family);
    }

    /** A headless Service has Destinations of its endpoints' families, and one also while it has no endpoint. */
    private boolean hasEndpoints(IpFamily family) {
        boolean none = service.endpoints().values().stream().allMatch(List::isEmpty);
        return none && family == IpFamily.IPV4
                || service.endpoints().values().stream()
                        .flatMap(List::stream)
                        .anyMatch(endpoint -> endpoint.ip().family() == family);
    }

    private void add(ServicePort port, IpFamily family) {
        Map<TransportAddress, FrontendKind> kinds = kinds(port, family);
        List<TransportAddress> internal = new ArrayList<>(1);
        List<TransportAddress> external = new ArrayList<>(0);
        boolean apart = spec.internalTrafficPolicy() == TrafficPolicy.LOCAL;
        kinds.forEach((address, kind) -> (apart && kind != FrontendKind.CLUSTER_IP ? external : internal).add(address));

        Destination own = destination(port, family, false, internal);
        Destination others = external.isEmpty() ? own : destination(port, family, true, external);
        kinds.forEach((address, kind) -> frontends.add(new Frontend(
                kind,
                address,
                kind == FrontendKind.CLUSTER_IP ? own : others,
                kind == FrontendKind.LOAD_BALANCER_IP ? sourceRanges(family) : List.of())));
    }

    private Destination destination(
            ServicePort port, IpFamily family, boolean external, List<TransportAddress> addresses) {
        Destination made = new Destination(
                new DestinationId(service.id(), port.name(), family, external),
                service,
                port,
                addresses,
                config.client(),
                use);
        destinations.add(made);
        return made;
    }

    /** In the order of precedence of the kinds; of an address that appears twice the first kind stays. */
    private Map<TransportAddress, FrontendKind> kinds(ServicePort port, IpFamily family) {
        Map<TransportAddress, FrontendKind> kinds = new LinkedHashMap<>();
        if (spec.headless()) {
            return kinds;
        }
        put(kinds, FrontendKind.CLUSTER_IP, spec.clusterIps(), port.port(), family);
        List<IpAddress> ingress = spec.ingress().stream()
                .filter(address -> !address.proxied())
                .map(IngressAddress::ip)
                .toList();
        put(kinds, FrontendKind.LOAD_BALANCER_IP, ingress, port.port(), family);
        put(kinds, FrontendKind.EXTERNAL_IP, spec.externalIps(), port.port(), family);
        if (port.nodePort() != 0) {
            put(kinds, FrontendKind.NODE_PORT, config.nodeAddresses(), port.nodePort(), family);
        }
        return kinds;
    }

    private static void put(
            Map<TransportAddress, FrontendKind> kinds,
            FrontendKind kind,
            List<IpAddress> ips,
            int port,
            IpFamily family) {
        for (IpAddress ip : ips) {
            if (ip.family() == family) {
                kinds.putIfAbsent(TransportAddress.tcp(ip, port), kind);
            }
        }
    }

    /** Ranges of the other family bind nobody, and one that holds every address lifts them all. */
    private List<Cidr> sourceRanges(IpFamily family) {
        List<Cidr> ranges = spec.sourceRanges().stream()
                .filter(range -> range.family() == family)
                .toList();
        return ranges.stream().anyMatch(range -> range.prefix() == 0) ? List.of() : ranges;
    }
}
