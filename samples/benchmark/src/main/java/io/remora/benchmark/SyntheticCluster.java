package io.remora.benchmark;

import io.remora.discovery.Endpoint;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Services as a large cluster has them: one port, pods with names, nodes and zones. */
final class SyntheticCluster {

    private static final int SERVICE_NETWORK = 0x0a600001; // 10.96.0.1
    private static final int POD_NETWORK = 0x0af40001; // 10.244.0.1
    private static final ServicePort HTTP = ServicePort.tcp("http", 80);
    private static final String[] ZONES = {"zone-a", "zone-b", "zone-c"};

    private SyntheticCluster() {}

    static List<ServiceSnapshot> services(int count, int endpointsEach) {
        List<ServiceSnapshot> services = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            services.add(service(i, endpointsEach));
        }
        return services;
    }

    static ServiceSnapshot service(int index, int endpoints) {
        List<Endpoint> all = new ArrayList<>(endpoints);
        for (int e = 0; e < endpoints; e++) {
            int pod = index * 64 + e;
            String name = "service-" + index + "-7d4b9c6f5d-" + e;
            all.add(new Endpoint(
                    IpAddress.ofIpv4(POD_NETWORK + pod),
                    8080,
                    EndpointConditions.READY,
                    ZONES[pod % ZONES.length],
                    ("node-" + pod % 500).intern(),
                    Set.of(),
                    Set.of(),
                    new TargetRef("Pod", "shop", name, "0b8e1b9a-6d3e-4c59-8a3b-" + String.format("%012d", pod))));
        }
        return new ServiceSnapshot(
                new ServiceId("shop", "service-" + index),
                ServiceSpec.builder()
                        .clusterIps(List.of(clusterIp(index)))
                        .ports(List.of(HTTP))
                        .build(),
                Map.of(HTTP.key(), all),
                null);
    }

    static TransportAddress address(int index) {
        return TransportAddress.tcp(clusterIp(index), HTTP.port());
    }

    private static IpAddress clusterIp(int index) {
        return IpAddress.ofIpv4(SERVICE_NETWORK + index);
    }
}
