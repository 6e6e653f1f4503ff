package io.remora.registry;

import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceType;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A Service in the registry with its Destinations: one for each TCP port and family of its ClusterIPs. Headless and
 * ExternalName Services have none, nor has one that its label leaves to another proxy.
 */
public record ServiceEntry(ServiceSnapshot service, List<Destination> destinations) {

    public ServiceEntry {
        destinations = List.copyOf(destinations);
    }

    static ServiceEntry of(ServiceSnapshot service) {
        List<Destination> destinations = new ArrayList<>();
        if (isProxied(service)) {
            for (IpFamily family : IpFamily.values()) {
                List<IpAddress> ips = service.spec().clusterIps().stream()
                        .filter(ip -> ip.family() == family)
                        .toList();
                if (!ips.isEmpty()) {
                    addDestinations(service, family, ips, destinations);
                }
            }
        }
        return new ServiceEntry(service, destinations);
    }

    private static boolean isProxied(ServiceSnapshot service) {
        return !service.spec().headless()
                && service.spec().type() != ServiceType.EXTERNAL_NAME
                && service.spec().proxyName() == null;
    }

    private static void addDestinations(
            ServiceSnapshot service, IpFamily family, List<IpAddress> ips, List<Destination> destinations) {
        for (ServicePort port : service.spec().ports()) {
            if (port.protocol() == Protocol.TCP) {
                destinations.add(Destination.of(
                        new DestinationId(service.id(), port.name(), family),
                        service,
                        port,
                        ips.stream()
                                .map(ip -> TransportAddress.tcp(ip, port.port()))
                                .toList()));
            }
        }
    }
}
