package io.remora.spring.http;

import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.client.RequestBalancer;
import io.remora.client.ServiceNames;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;

/** A Service {@code catalog.shop}, ports 80 and 443, over pods that a test gives and changes. */
final class Cluster implements AutoCloseable {

    private static final ServiceId CATALOG = new ServiceId("shop", "catalog");
    private static final ServicePort HTTP = ServicePort.tcp("http", 80);
    private static final ServicePort HTTPS = ServicePort.tcp("https", 443);

    final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    private final StaticDiscoverySource source;
    private final Remora remora;

    Cluster(List<Endpoint> plain, List<Endpoint> secure) {
        source = new StaticDiscoverySource(List.of(catalog(plain, secure)));
        remora = Remora.builder(
                        RemoraConfig.DEFAULT, new ServiceNames("shop", ServiceNames.DEFAULT_CLUSTER_DOMAIN), source)
                .outcomeListener((endpoint, outcome) -> outcomes.add(outcome))
                .build();
        remora.start();
        Awaitility.await().until(() -> remora.registry().snapshot().service(CATALOG) != null);
    }

    static Cluster of(List<Pod> plain, List<Pod> secure) {
        return new Cluster(endpoints(plain), endpoints(secure));
    }

    static List<Endpoint> endpoints(List<Pod> pods) {
        return pods.stream().map(Pod::endpoint).toList();
    }

    /** Returns when requests go by the change. */
    void update(List<Endpoint> plain) {
        source.update(catalog(plain, List.of()));
        Awaitility.await()
                .until(() ->
                        balancer(80)
                                        .destination()
                                        .eligible()
                                        .equals(Objects.requireNonNull(remora.registry()
                                                        .snapshot()
                                                        .service(CATALOG))
                                                .destinations()
                                                .stream()
                                                .filter(each -> each.port().port() == 80)
                                                .findFirst()
                                                .orElseThrow()
                                                .eligible())
                                && balancer(80).destination().eligible().size() == plain.size());
    }

    RequestBalancer requests() {
        return remora.requests();
    }

    private DestinationBalancer balancer(int port) {
        return requests().lookUp("catalog", port).toCompletableFuture().join().orElseThrow();
    }

    int inFlight(int port, List<Pod> pods) {
        DestinationBalancer balancer = balancer(port);
        return pods.stream()
                .mapToInt(pod ->
                        Objects.requireNonNull(balancer.state(pod.endpoint())).active())
                .sum();
    }

    private static ServiceSnapshot catalog(List<Endpoint> plain, List<Endpoint> secure) {
        return new ServiceSnapshot(
                CATALOG,
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.10")))
                        .ports(List.of(HTTP, HTTPS))
                        .build(),
                Map.of(HTTP.key(), plain, HTTPS.key(), secure),
                null);
    }

    @Override
    public void close() {
        remora.close();
    }
}
