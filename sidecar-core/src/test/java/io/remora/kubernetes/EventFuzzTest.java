package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServicePort.PortKey;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.TrafficPolicy;
import io.remora.discovery.TransportAddress;
import io.remora.registry.ClientLocation;
import io.remora.registry.Destination;
import io.remora.registry.PushedSource;
import io.remora.registry.RegistryConfig;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.Route;
import io.remora.registry.ServiceEntry;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any sequence of Service and EndpointSlice events leaves what a registry built from scratch has, and picks no ghost. */
@Timeout(120)
class EventFuzzTest {

    private static final int EVENTS = 100_000;
    private static final int SERVICES = 25;
    private static final int SLICES = 60;
    private static final RegistryConfig CONFIG = new RegistryConfig(
            ClientLocation.of("node-0", "zone-0"), List.of(IpAddress.parse("172.18.0.1")), true, List.of());

    private static final IpAddress CLIENT = IpAddress.parse("10.244.9.9");
    private static final int[] PORTS = IntStream.concat(
                    IntStream.of(79, 80, 81, 82, 90, 91, 92), IntStream.range(30_000, 30_020))
            .toArray();

    private final Random random = new Random(20261124);
    private final Map<ObjectKey, ServiceSpec> services = new TreeMap<>();
    private final Map<ObjectKey, SliceContent> slices = new TreeMap<>();
    private final NamespaceState state = new NamespaceState();
    private final PushedSource feed = new PushedSource();
    private final BalancerRegistry balancers = new BalancerRegistry(BalancerPolicy.P2C, OutcomeListener.NONE);
    private RegistryConfig config = CONFIG;
    private ServiceRegistry registry = new ServiceRegistry(CONFIG, feed, List.of(balancers), Runnable::run);
    private final List<Pick> open = new ArrayList<>();

    /** With the node's zone given, and with the zone left to be learned from endpoints, which all say the same of a node. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterAnySequenceOfEventsItEqualsARegistryBuiltFromScratch(boolean zoneGiven) {
        config = CONFIG.withClient(ClientLocation.of("node-0", zoneGiven ? "zone-0" : null));
        registry = new ServiceRegistry(config, feed, List.of(balancers), Runnable::run);
        registry.start();
        state.services().listed(Set.of());
        state.slices().listed(Set.of());
        for (int event = 1; event <= EVENTS; event++) {
            change();
            List<DiscoveryEvent> changes = state.changes();
            if (!changes.isEmpty()) {
                feed.push(changes);
            }
            state.told(changes);
            pick();
            if (event % 1_000 == 0) {
                assertThat(describe(registry.snapshot())).isEqualTo(describe(scratch()));
            }
        }
        open.forEach(pick -> pick.complete(Outcome.SUCCESS));
        assertThat(open).allMatch(pick -> pick.endpoint().active() == 0);
        assertThat(balancers.activeGone(registry.snapshot())).isZero();
    }

    private void change() {
        if (random.nextInt(3) == 0) {
            ObjectKey key = new ObjectKey("shop", "service-" + random.nextInt(SERVICES));
            if (random.nextInt(5) == 0) {
                services.remove(key);
                state.services().remove(key);
            } else {
                ServiceSpec spec = spec(key);
                services.put(key, spec);
                state.services().put(key, spec);
            }
        } else {
            ObjectKey key = new ObjectKey("shop", "slice-" + random.nextInt(SLICES));
            if (random.nextInt(5) == 0) {
                slices.remove(key);
                state.slices().remove(key);
            } else {
                SliceContent content = slice();
                slices.put(key, content);
                state.slices().put(key, content);
            }
        }
    }

    /** Two Services may claim a ClusterIP, as watches of two namespaces may tell it; external addresses are claimed by more. */
    private ServiceSpec spec(ObjectKey key) {
        int number = Integer.parseInt(key.name().substring("service-".length()));
        List<ServicePort> ports = new ArrayList<>();
        for (int p = random.nextInt(3); p >= 0; p--) {
            ports.add(new ServicePort(
                    "p" + p,
                    80 + p + random.nextInt(2) * 10,
                    random.nextInt(6) == 0 ? Protocol.UDP : Protocol.TCP,
                    null,
                    random.nextInt(3) == 0 ? 30000 + random.nextInt(20) : 0));
        }
        return ServiceSpec.builder()
                .clusterIps(List.of(IpAddress.parse("10.96." + number / 2 + "." + (1 + random.nextInt(2)))))
                .ports(ports)
                .externalIps(
                        random.nextInt(3) == 0 ? List.of(IpAddress.parse("203.0.113." + random.nextInt(4))) : List.of())
                .internalTrafficPolicy(random.nextInt(4) == 0 ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER)
                .affinityTimeout(random.nextInt(4) == 0 ? Duration.ofHours(1) : null)
                .proxyName(random.nextInt(10) == 0 ? "other" : null)
                .build();
    }

    private SliceContent slice() {
        Map<PortKey, List<Endpoint>> endpoints = new HashMap<>();
        for (int p = random.nextInt(3); p >= 0; p--) {
            List<Endpoint> all = new ArrayList<>();
            for (int e = random.nextInt(5); e > 0; e--) {
                int node = random.nextInt(2);
                all.add(new Endpoint(
                        IpAddress.parse("10.244.0." + random.nextInt(30)),
                        8080,
                        new EndpointConditions(random.nextInt(3) > 0, random.nextBoolean(), random.nextInt(4) == 0),
                        random.nextInt(20) == 0 ? "zone-" + node : null,
                        "node-" + node,
                        random.nextInt(3) == 0 ? Set.of() : Set.of("zone-" + random.nextInt(2)),
                        Set.of(),
                        null));
            }
            endpoints.put(new PortKey("p" + p, Protocol.TCP), MergedEndpoints.distinct(all));
        }
        return new SliceContent(0, new ServiceId("shop", "service-" + random.nextInt(SERVICES)), endpoints, null);
    }

    private void pick() {
        ServiceEntry entry = registry.snapshot().service(new ServiceId("shop", "service-" + random.nextInt(SERVICES)));
        if (entry == null) {
            return;
        }
        for (Destination destination : entry.destinations()) {
            DestinationBalancer balancer = Objects.requireNonNull(balancers.find(destination));
            IpAddress client = IpAddress.ofIpv4(random.nextInt(3));
            Pick pick = balancer.pick(new PickContext(random, client, 0));
            if (pick == null) {
                assertThat(destination.eligible()).isEmpty();
            } else {
                assertThat(destination.eligible()).contains(pick.endpoint().endpoint());
                open.add(pick);
            }
        }
        while (open.size() > 200) {
            open.remove(random.nextInt(open.size())).complete(Outcome.SUCCESS);
        }
    }

    private RegistrySnapshot scratch() {
        NamespaceState fresh = new NamespaceState();
        services.forEach(fresh.services()::put);
        slices.forEach(fresh.slices()::put);
        RegistryConfig learned = registry.snapshot().config();
        return RegistrySnapshot.of(learned, fresh.all());
    }

    /** What becomes of a connection to every address there may be, and to a port that nobody has. */
    private static Map<String, String> describe(RegistrySnapshot snapshot) {
        Map<String, String> lines = new TreeMap<>();
        for (IpAddress ip : addresses()) {
            for (int port : PORTS) {
                TransportAddress address = TransportAddress.tcp(ip, port);
                Route route = snapshot.route(address, CLIENT);
                Destination destination = route.destination();
                lines.put(
                        address.toString(),
                        route + " " + route.service() + " " + snapshot.contenders(address)
                                + (destination == null
                                        ? ""
                                        : " " + destination.id() + " " + destination.selection() + " "
                                                + destination.decisions()));
            }
        }
        for (ServiceEntry entry : snapshot.services()) {
            lines.put(entry.service().id().toString(), entry.exclusion() + " " + entry.destinations());
        }
        return lines;
    }

    private static List<IpAddress> addresses() {
        List<IpAddress> all = new ArrayList<>(CONFIG.nodeAddresses());
        for (int i = 0; i <= SERVICES / 2; i++) {
            all.add(IpAddress.parse("10.96." + i + ".1"));
            all.add(IpAddress.parse("10.96." + i + ".2"));
        }
        for (int i = 0; i < 4; i++) {
            all.add(IpAddress.parse("203.0.113." + i));
        }
        return all;
    }
}
