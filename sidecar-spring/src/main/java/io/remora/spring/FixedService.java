package io.remora.spring;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServicePort.PortKey;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes a Service that no API server knows. Stateless. */
final class FixedService {

    private static final int FIRST_IPV4 = 240 << 24; // 240.0.0.0/4: reserved, nobody is there
    private static final long IPV6_PREFIX = 0x0100L << 48; // 100::/64: whatever goes there is discarded

    private FixedService() {}

    /**
     * Makes it. Its ClusterIPs, of the families of its endpoints, lead nowhere: it is found by its name alone.
     *
     * @param number counts the Services, from 1
     */
    static ServiceSnapshot of(ServiceId id, Map<ServicePort, List<Endpoint>> ports, int number) {
        Map<PortKey, List<Endpoint>> endpoints = new HashMap<>();
        ports.forEach((port, all) -> endpoints.put(port.key(), all));
        List<IpAddress> clusterIps = new ArrayList<>();
        boolean ipv6 = has(endpoints, IpFamily.IPV6);
        if (has(endpoints, IpFamily.IPV4) || !ipv6) {
            clusterIps.add(IpAddress.ofIpv4(FIRST_IPV4 + number));
        }
        if (ipv6) {
            clusterIps.add(IpAddress.ofIpv6(IPV6_PREFIX, number));
        }
        ServiceSpec spec = ServiceSpec.builder()
                .clusterIps(clusterIps)
                .ports(List.copyOf(ports.keySet()))
                .build();
        return new ServiceSnapshot(id, spec, endpoints, null);
    }

    private static boolean has(Map<PortKey, List<Endpoint>> endpoints, IpFamily family) {
        return endpoints.values().stream()
                .flatMap(List::stream)
                .anyMatch(each -> each.ip().family() == family);
    }
}
