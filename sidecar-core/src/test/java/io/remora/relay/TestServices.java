package io.remora.relay;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.DestinationHealth;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import io.remora.registry.Destination;
import io.remora.registry.ServiceRegistry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A registry with one Service, whose endpoints a test chooses, and what became of its picks. */
final class TestServices {

    static final ServiceId SHOP = new ServiceId("default", "shop");
    static final TransportAddress CLUSTER_IP = TransportAddress.tcp(IpAddress.parse("10.96.0.10"), 80);

    static final BalancerConfig ROUND_ROBIN = BalancerConfig.DEFAULT.withPolicy(BalancerPolicy.ROUND_ROBIN);

    final StaticDiscoverySource source = new StaticDiscoverySource(List.of());
    final Collection<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    final BalancerRegistry balancers;
    final ServiceRegistry registry;

    TestServices() {
        this(Optional.empty());
    }

    /** Services that another source tells. */
    TestServices(Optional<DiscoverySource> other) {
        this(other, ROUND_ROBIN, DestinationHealth.Factory.NONE, Ticker.SYSTEM);
    }

    /** Services that are balanced in another way. */
    TestServices(BalancerConfig config, DestinationHealth.Factory health, Ticker ticker) {
        this(Optional.empty(), config, health, ticker);
    }

    private TestServices(
            Optional<DiscoverySource> other, BalancerConfig config, DestinationHealth.Factory health, Ticker ticker) {
        OutcomeListener listener = (endpoint, outcome) -> outcomes.add(outcome);
        balancers = new BalancerRegistry(BalancerRules.always(config), health, listener, ticker);
        registry = new ServiceRegistry(other.orElse(source), List.of(balancers), Runnable::run);
        registry.start();
    }

    /** Makes the Service, or replaces its endpoints. */
    void shop(InetSocketAddress... endpoints) {
        source.update(snapshot(CLUSTER_IP, endpoints));
    }

    static ServiceSnapshot snapshot(TransportAddress clusterIp, InetSocketAddress... endpoints) {
        ServicePort port = ServicePort.tcp("", clusterIp.port());
        List<Endpoint> ready = new ArrayList<>();
        for (InetSocketAddress endpoint : endpoints) {
            ready.add(Endpoint.ready(IpAddress.of(endpoint.getAddress()), endpoint.getPort()));
        }
        ServiceSpec spec = ServiceSpec.builder()
                .clusterIps(List.of(clusterIp.ip()))
                .ports(List.of(port))
                .build();
        return new ServiceSnapshot(SHOP, spec, Map.of(port.key(), ready), null);
    }

    /** Makes the Service with an address in each family. */
    void dualStack(List<IpAddress> clusterIps, InetSocketAddress... endpoints) {
        ServiceSnapshot single = snapshot(CLUSTER_IP, endpoints);
        ServiceSpec spec = ServiceSpec.builder()
                .clusterIps(clusterIps)
                .ports(single.spec().ports())
                .build();
        source.update(new ServiceSnapshot(SHOP, spec, single.endpoints(), null));
    }

    /** Round robin with limits, and with a retry budget. */
    static BalancerConfig config(BalancerConfig.Limits limits, BalancerConfig.Retry retry) {
        return new BalancerConfig(
                ROUND_ROBIN.policy(),
                ROUND_ROBIN.slowStart(),
                ROUND_ROBIN.latency(),
                ROUND_ROBIN.hashOn(),
                ROUND_ROBIN.zones(),
                ROUND_ROBIN.weights(),
                limits,
                retry);
    }

    DestinationBalancer balancer() {
        Destination destination =
                Objects.requireNonNull(registry.snapshot().find(CLUSTER_IP), "the Service is not published");
        return Objects.requireNonNull(balancers.find(destination));
    }

    /** Picks that were made. */
    long picks() {
        return balancer().destination().eligible().stream()
                .mapToLong(endpoint ->
                        Objects.requireNonNull(balancer().state(endpoint)).picks())
                .sum();
    }

    /** Picks that nobody has completed yet. */
    int inFlight() {
        return registry.snapshot().services().isEmpty()
                ? 0
                : balancer().destination().eligible().stream()
                        .mapToInt(endpoint -> {
                            EndpointState state = balancer().state(endpoint);
                            return state == null ? 0 : state.active();
                        })
                        .sum();
    }
}
