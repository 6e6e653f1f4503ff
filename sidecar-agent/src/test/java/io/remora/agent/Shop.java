package io.remora.agent;

import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Services for tests. */
final class Shop {

    private Shop() {}

    /** {@code shop/NAME} with one ready and one terminating endpoint. */
    static ServiceSnapshot service(String name, String clusterIp) {
        ServicePort port = ServicePort.tcp("http", 80);
        Endpoint ready = new Endpoint(
                IpAddress.parse("10.244.0.1"),
                8080,
                EndpointConditions.READY,
                "zone-a",
                "node-1",
                Set.of(),
                Set.of(),
                new Endpoint.TargetRef("Pod", "shop", name + "-0", "uid-0"));
        Endpoint terminating = Endpoint.ready(IpAddress.parse("10.244.0.2"), 8080)
                .withConditions(new EndpointConditions(false, true, true));
        ServiceSpec spec = ServiceSpec.builder()
                .clusterIps(List.of(IpAddress.parse(clusterIp)))
                .ports(List.of(port))
                .build();
        return new ServiceSnapshot(
                new ServiceId("shop", name), spec, Map.of(port.key(), List.of(ready, terminating)), null);
    }

    static ServiceSnapshot headless(String name) {
        ServiceSpec spec = ServiceSpec.builder()
                .headless(true)
                .ports(List.of(ServicePort.tcp("pg", 5432)))
                .build();
        return new ServiceSnapshot(new ServiceId("shop", name), spec, Map.of(), null);
    }
}
