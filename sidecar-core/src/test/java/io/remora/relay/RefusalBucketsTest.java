package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Cidr;
import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IngressAddress;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.TrafficPolicy;
import io.remora.discovery.TransportAddress;
import io.remora.registry.PushedSource;
import io.remora.registry.Route;
import io.remora.registry.ServiceEntry;
import io.remora.registry.ServiceRegistry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RefusalBucketsTest {

    /** Few ports, so that many addresses share one. */
    private static final RefusalConfig SIXTEEN = new RefusalConfig(RefusalConfig.Mode.AUTO, 61000, 61015);

    private final RefusalBuckets buckets = new RefusalBuckets(SIXTEEN);
    private final Source source = new Source();
    private final ServiceRegistry registry = new ServiceRegistry(source.pushed, List.of(buckets), Runnable::run);
    private final BitSet told = new BitSet();

    RefusalBucketsTest() {
        buckets.follow((bucket, open) -> told.set(bucket, !open));
        registry.start();
    }

    @Test
    void anAddressIsRefusedWhileItsServiceHasNoUsableEndpoint() {
        source.synced(true);
        TransportAddress address = service("shop", "10.96.0.10", 0);
        assertThat(buckets.refuses(address)).isTrue();
        assertThat(buckets.reason(address)).startsWith("nobody listens on port 610");

        service("shop", "10.96.0.10", 1);
        assertThat(buckets.refuses(address)).isFalse();
        assertThat(told).isEqualTo(new BitSet());

        service("shop", "10.96.0.10", 0);
        assertThat(buckets.refuses(address)).isTrue();
        source.send(new DiscoveryEvent.Removed(new ServiceId("default", "shop")));
        assertThat(buckets.refuses(address)).isFalse();
        assertThat(told).isEqualTo(new BitSet());
    }

    @Test
    void nothingIsRefusedBeforeEveryServiceIsKnown() {
        TransportAddress address = service("shop", "10.96.0.10", 0);
        assertThat(buckets.refuses(address)).isFalse();
        assertThat(buckets.reason(address)).isEqualTo("not every Service is known");
        source.synced(false);
        assertThat(buckets.refuses(address)).isFalse();
        source.synced(true);
        assertThat(buckets.refuses(address)).isTrue();
        source.synced(false);
        assertThat(buckets.refuses(address)).isFalse();
        assertThat(told).isEqualTo(new BitSet());
    }

    @Test
    void anAddressThatMustBeAcceptedKeepsTheBucketOpen() {
        source.synced(true);
        TransportAddress address = service("shop", "10.96.0.10", 0);
        String neighbour = neighbour(address);

        service("cart", neighbour, 1);
        assertThat(buckets.refuses(address)).isFalse();
        assertThat(buckets.reason(address)).contains("it shares port ", neighbour + ":80, which must be accepted");

        service("cart", neighbour, 0);
        assertThat(buckets.refuses(address)).isTrue();

        UnaryOperator<ServiceSpec.Builder> left = spec -> spec.proxyName("other");
        source.update("cart", neighbour, 0, left);
        assertThat(buckets.refuses(address)).as("left to another proxy").isFalse();

        source.update("cart", neighbour, 1, spec -> spec.internalTrafficPolicy(TrafficPolicy.LOCAL));
        assertThat(buckets.refuses(address))
                .as("only the node's kube-proxy knows")
                .isFalse();
    }

    @Test
    void externalAddressesCountAsClusterIpsDo() {
        source.synced(true);
        source.update(
                "shop",
                "10.96.0.10",
                0,
                spec -> spec.externalIps(List.of(IpAddress.parse("203.0.113.9")))
                        .ingress(List.of(new IngressAddress(IpAddress.parse("203.0.113.10"), false)))
                        .sourceRanges(List.of(Cidr.tryParse("192.0.2.0/24").orElseThrow())));
        assertThat(buckets.refuses(tcp("203.0.113.9"))).isTrue();
        assertThat(buckets.refuses(tcp("203.0.113.10"))).isTrue();
    }

    @Test
    void rulesThatSpreadOtherwiseOpenEverythingForGood() {
        source.synced(true);
        TransportAddress address = service("shop", "10.96.0.10", 0);
        int right = HashedPorts.of(SIXTEEN).bucket(address);
        buckets.arrived(address, right);
        assertThat(buckets.refuses(address)).isTrue();
        buckets.arrived(address, -1);
        assertThat(buckets.refuses(address)).isFalse();
        assertThat(buckets.reason(address)).isEqualTo("the init step's rules do not spread addresses over ports");
        buckets.arrived(address, right);
        assertThat(buckets.refuses(address)).isTrue();

        buckets.arrived(address, (right + 1) % 16);
        buckets.arrived(address, right);
        service("cart", "10.96.0.77", 0);
        assertThat(buckets.refuses(address)).isFalse();
        assertThat(told).isEqualTo(new BitSet());
    }

    @Test
    void offRefusesNothing() {
        RefusalBuckets off = new RefusalBuckets(RefusalConfig.OFF);
        off.published(registry.snapshot(), List.of());
        assertThat(off.refuses(tcp("10.96.0.10"))).isFalse();
        assertThat(off.reason(tcp("10.96.0.10"))).isEqualTo("remora.refusal is off");
    }

    /** What was told step by step is what follows from the last snapshot alone. */
    @Test
    void aRandomHistoryLeavesTheBucketsOfItsLastSnapshot() {
        Random random = new Random(11);
        source.synced(true);
        for (int i = 0; i < 3000; i++) {
            int n = random.nextInt(40);
            String name = "s" + n;
            if (random.nextInt(5) == 0) {
                source.send(new DiscoveryEvent.Removed(new ServiceId("default", name)));
            } else {
                boolean other = random.nextInt(6) == 0;
                source.update(
                        name,
                        "10.96.1." + (n + random.nextInt(2)), // contested now and then
                        random.nextInt(3) - 1,
                        spec -> other ? spec.proxyName("other") : spec);
            }
            if (i % 50 == 0) {
                assertThat(told).isEqualTo(fromScratch());
            }
        }
        assertThat(told.cardinality()).isPositive();
    }

    private BitSet fromScratch() {
        HashedPorts ports = HashedPorts.of(SIXTEEN);
        BitSet refusable = new BitSet();
        BitSet accepted = new BitSet();
        for (ServiceEntry entry : registry.snapshot().services()) {
            entry.frontends()
                    .forEach(frontend -> (frontend.admitted().cause() == Route.Cause.NO_ELIGIBLE_ENDPOINT
                                    ? refusable
                                    : accepted)
                            .set(ports.bucket(frontend.address())));
            if (entry.exclusion() != null) {
                accepted.set(ports.bucket(
                        TransportAddress.tcp(entry.service().spec().clusterIps().get(0), 80)));
            }
        }
        refusable.andNot(accepted);
        return refusable;
    }

    private TransportAddress service(String name, String ip, int endpoints) {
        source.update(name, ip, endpoints, spec -> spec);
        return tcp(ip);
    }

    private static TransportAddress tcp(String ip) {
        return TransportAddress.tcp(IpAddress.parse(ip), 80);
    }

    private static String neighbour(TransportAddress address) {
        HashedPorts ports = HashedPorts.of(SIXTEEN);
        for (int i = 1; i < 255; i++) {
            if (ports.bucket(tcp("10.96.7." + i)) == ports.bucket(address)) {
                return "10.96.7." + i;
            }
        }
        throw new AssertionError("a sixteenth of all addresses share a port");
    }

    private static final class Source {
        private final PushedSource pushed = new PushedSource();

        void synced(boolean exhaustive) {
            send(new DiscoveryEvent.Synced(exhaustive));
        }

        void update(String name, String ip, int endpoints, UnaryOperator<ServiceSpec.Builder> more) {
            ServicePort port = ServicePort.tcp("", 80);
            List<Endpoint> ready = new ArrayList<>();
            for (int i = 0; i < endpoints; i++) {
                ready.add(Endpoint.ready(IpAddress.parse("10.244.0." + (1 + i)), 8080));
            }
            ServiceSpec spec = more.apply(ServiceSpec.builder()
                            .clusterIps(List.of(IpAddress.parse(ip)))
                            .ports(List.of(port)))
                    .build();
            send(new DiscoveryEvent.Updated(
                    new ServiceSnapshot(new ServiceId("default", name), spec, Map.of(port.key(), ready), null)));
        }

        void send(DiscoveryEvent event) {
            pushed.push(List.of(event));
        }
    }
}
