package io.remora.registry;

import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Small Services for tests. */
public final class Services {

    public static final ServicePort HTTP = ServicePort.tcp("http", 80);

    private Services() {}

    /** A Service with one port, http/80, and the given endpoints. */
    public static ServiceSnapshot service(String name, String clusterIp, Endpoint... endpoints) {
        return service(
                name,
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse(clusterIp)))
                        .ports(List.of(HTTP))
                        .build(),
                endpoints);
    }

    /** A Service with the given spec, whose first port has the given endpoints. */
    public static ServiceSnapshot service(String name, ServiceSpec spec, Endpoint... endpoints) {
        return new ServiceSnapshot(
                new ServiceId("shop", name), spec, Map.of(spec.ports().get(0).key(), List.of(endpoints)), null);
    }

    /** Ready endpoints on port 8080. */
    public static Endpoint[] ready(String... ips) {
        return Arrays.stream(ips)
                .map(ip -> Endpoint.ready(IpAddress.parse(ip), 8080))
                .toArray(Endpoint[]::new);
    }

    /** An endpoint with the given conditions on port 8080. */
    public static Endpoint endpoint(String ip, boolean ready, boolean serving, boolean terminating) {
        return Endpoint.ready(IpAddress.parse(ip), 8080)
                .withConditions(new EndpointConditions(ready, serving, terminating));
    }
}
