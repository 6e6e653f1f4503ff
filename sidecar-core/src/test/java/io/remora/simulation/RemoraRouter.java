package io.remora.simulation;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.Pick;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.internal.VirtualClock;
import io.remora.outlier.HealthConfig;
import io.remora.outlier.HealthRegistry;
import io.remora.outlier.HealthRules;
import io.remora.registry.ServiceRegistry;
import io.remora.relay.ConnectLadder;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Remora as it is: registry, balancer, health and connect ladder, in one pod. */
final class RemoraRouter implements Router {

    private static final ServicePort PORT = ServicePort.tcp("", 80);
    private static final ServiceSpec SPEC = ServiceSpec.builder()
            .clusterIps(List.of(IpAddress.parse("10.96.0.10")))
            .ports(List.of(PORT))
            .build();

    private final VirtualClock clock;
    private final Chance chance;
    private final String zone;
    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of());
    private final BalancerRegistry balancers;
    private final Map<InetSocketAddress, SimulatedEndpoint> byAddress = new HashMap<>(); // asked, never walked through

    RemoraRouter(Strategy.Place place, BalancerConfig config, HealthConfig health) {
        this.clock = place.run().clock();
        this.chance = place.chance();
        this.zone = place.zone();
        HealthRegistry healths = new HealthRegistry(
                HealthRules.always(health),
                place.listener(),
                clock,
                clock,
                () -> chance,
                () -> {
                    throw new IllegalStateException("nothing is probed here");
                },
                CircuitBreakerRegistry::ofDefaults);
        balancers = new BalancerRegistry(BalancerRules.always(config), healths, OutcomeListener.NONE, clock);
        new ServiceRegistry(source, List.of(balancers), Runnable::run).start();
    }

    @Override
    public void published(List<SimulatedEndpoint> endpoints) {
        List<Endpoint> all = new ArrayList<>(endpoints.size());
        for (SimulatedEndpoint each : endpoints) {
            byAddress.put(each.address(), each);
            all.add(each.endpoint());
        }
        source.update(new ServiceSnapshot(new ServiceId("default", "shop"), SPEC, Map.of(PORT.key(), all), null));
    }

    @Override
    public Runnable connect(Link link) {
        DestinationBalancer balancer = balancers.all().iterator().next();
        ConnectLadder ladder =
                ConnectLadder.start(balancer, chance, link.client(), this::dial, clock, new ConnectLadder.Result() {
                    @Override
                    public void connected(InetSocketAddress address, Pick pick) {
                        link.connected(endpoint(address), new PickedUpstream(pick));
                    }

                    @Override
                    public void failed() {
                        link.failed();
                    }
                });
        return ladder::cancel;
    }

    private void dial(InetSocketAddress address, ConnectLadder.Dial dial) {
        endpoint(address).dial(zone, dial::connected, dial::refused);
    }

    private SimulatedEndpoint endpoint(InetSocketAddress address) {
        SimulatedEndpoint endpoint = byAddress.get(address);
        if (endpoint == null) {
            throw new IllegalStateException("nobody told of " + address);
        }
        return endpoint;
    }

    /** Tells the pick what the relay would. */
    private final class PickedUpstream implements Link.Upstream {

        private final Pick pick;
        private boolean answered;

        PickedUpstream(Pick pick) {
            this.pick = pick;
        }

        @Override
        public void answered(long latencyNanos) {
            if (!answered) {
                answered = true;
                pick.answered(latencyNanos, clock.read());
            }
        }

        @Override
        public void ended(Outcome outcome) {
            pick.complete(answered && outcome == Outcome.RESET ? Outcome.SUCCESS : outcome);
        }
    }
}
