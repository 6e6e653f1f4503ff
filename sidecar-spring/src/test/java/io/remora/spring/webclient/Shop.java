package io.remora.spring.webclient;

import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.client.RequestBalancer;
import io.remora.client.ServiceNames;
import io.remora.client.ServiceTarget;
import io.remora.config.RemoraConfig;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.embedded.Remora;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** The namespace that the tests' application runs in, with Services of one port each. */
final class Shop implements AutoCloseable {

    static final String NAMESPACE = "shop";

    final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of());
    private final Remora remora;

    Shop() {
        remora = Remora.builder(
                        RemoraConfig.DEFAULT, new ServiceNames(NAMESPACE, ServiceNames.DEFAULT_CLUSTER_DOMAIN), source)
                .outcomeListener((endpoint, outcome) -> outcomes.add(outcome))
                .build();
        remora.start();
    }

    Shop service(String name, int port, List<Endpoint> endpoints) {
        return service(name, port, endpoints, Map.of());
    }

    Shop service(String name, int port, List<Endpoint> endpoints, Map<String, String> annotations) {
        ServicePort main = ServicePort.tcp("main", port);
        source.update(new ServiceSnapshot(
                new ServiceId(NAMESPACE, name),
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.10")))
                        .ports(List.of(main))
                        .annotations(annotations)
                        .build(),
                Map.of(main.key(), endpoints),
                null));
        TestWait.until(() -> remora.requests().find(target(name, port)) != null
                && remora.registry().snapshot().service(new ServiceId(NAMESPACE, name)) != null
                && sees(name, port, endpoints));
        return this;
    }

    private boolean sees(String name, int port, List<Endpoint> endpoints) {
        return balancer(name, port).candidates().eligible().stream()
                        .map(EndpointState::endpoint)
                        .toList()
                        .containsAll(endpoints)
                && balancer(name, port).candidates().eligible().size() == endpoints.size();
    }

    private static ServiceTarget target(String name, int port) {
        return ServiceTarget.of(new ServiceId(NAMESPACE, name), port);
    }

    DestinationBalancer balancer(String name, int port) {
        return Objects.requireNonNull(remora.requests().find(target(name, port)));
    }

    /** How many requests are under way. */
    int active(String name, int port) {
        return balancer(name, port).candidates().eligible().stream()
                .mapToInt(EndpointState::active)
                .sum();
    }

    RequestBalancer requests() {
        return remora.requests();
    }

    @Override
    public void close() {
        remora.close();
    }
}
