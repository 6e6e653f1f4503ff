package io.remora.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegistryFuzzTest {

    private static final int SERVICES = 40;

    private final Random random = new Random(2026);
    private final Map<ServiceId, ServiceSnapshot> model = new HashMap<>();

    @Test
    void afterAnySequenceOfChangesItEqualsARegistryBuiltFromScratch() {
        StaticDiscoverySource source = new StaticDiscoverySource(List.of());
        ServiceRegistry registry = new ServiceRegistry(source, List.of(), Runnable::run);
        registry.start();
        for (int step = 1; step <= 20_000; step++) {
            int number = random.nextInt(SERVICES);
            ServiceId id = new ServiceId("shop", "service-" + number);
            if (random.nextInt(4) == 0) {
                source.remove(id);
                model.remove(id);
            } else {
                ServiceSnapshot service = randomService(id, number);
                source.update(service);
                model.put(id, service);
            }
            if (step % 500 == 0) {
                StaticDiscoverySource fresh = new StaticDiscoverySource(List.copyOf(model.values()));
                ServiceRegistry scratch = new ServiceRegistry(fresh, List.of(), Runnable::run);
                scratch.start();
                assertThat(describe(registry.snapshot())).isEqualTo(describe(scratch.snapshot()));
            }
        }
    }

    /** Each Service moves between two addresses of its own, as the API gives an address to one Service at a time. */
    private ServiceSnapshot randomService(ServiceId id, int number) {
        List<ServicePort> ports = new ArrayList<>();
        Map<ServicePort.PortKey, List<Endpoint>> endpoints = new HashMap<>();
        for (int p = random.nextInt(3); p >= 0; p--) {
            ServicePort port = ServicePort.tcp("p" + p, 80 + p + random.nextInt(2) * 10);
            ports.add(port);
            List<Endpoint> all = new ArrayList<>();
            for (int e = random.nextInt(5); e > 0; e--) {
                all.add(Services.endpoint(
                        "10.244." + number + "." + e,
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextBoolean()));
            }
            endpoints.put(port.key(), all);
        }
        String ip = "10.96." + number + "." + (1 + random.nextInt(2));
        return new ServiceSnapshot(
                id,
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse(ip)))
                        .ports(ports)
                        .build(),
                endpoints,
                null);
    }

    private static Map<TransportAddress, String> describe(RegistrySnapshot snapshot) {
        Map<TransportAddress, String> lines = new HashMap<>();
        for (int number = 0; number < SERVICES; number++) {
            for (int host = 1; host <= 2; host++) {
                for (int port = 80; port < 100; port++) {
                    TransportAddress address =
                            TransportAddress.tcp(IpAddress.parse("10.96." + number + "." + host), port);
                    Destination destination = snapshot.find(address);
                    if (destination != null) {
                        lines.put(address, destination.id() + " " + destination.decisions());
                    }
                }
            }
        }
        return lines;
    }
}
