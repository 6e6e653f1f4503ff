package io.remora.agent;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.Ejection;
import io.remora.balancer.OutcomeListener;
import io.remora.config.AdminConfig;
import io.remora.config.RemoraConfig;
import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Moments;
import io.remora.internal.Ticker;
import io.remora.registry.ServiceRegistry;
import io.remora.relay.Refusal;
import io.remora.relay.RefusalBuckets;
import io.remora.relay.RefusalConfig;
import io.remora.relay.RelayConfig;
import io.remora.relay.RelayListener;
import io.remora.relay.RelayServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;

/** An agent on loopback with a few Services, whose clients "were going" wherever a test says. */
final class LookedAtAgent implements AutoCloseable {

    static final String EVIL = "<img src=x onerror=alert(1)>";

    private static final ServicePort HTTP = ServicePort.tcp("http", 80);

    /** When {@code /services} was asked for, in nanoseconds. */
    final Queue<Long> looks = new ConcurrentLinkedQueue<>();

    private final Sickness sickness = new Sickness();
    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of());
    private final BalancerRegistry balancers = new BalancerRegistry(
            BalancerRules.always(BalancerConfig.DEFAULT), sickness, OutcomeListener.NONE, Ticker.SYSTEM);
    private final ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers), Runnable::run);
    private final AgentStatus status = new AgentStatus(registry, () -> false, () -> false);
    private final RelayServer relay;
    private volatile TransportAddress original = TransportAddress.tcp(IpAddress.parse("10.96.0.20"), 80);
    private AdminServer admin = new AdminServer(new AdminRoutes());
    private int port;

    LookedAtAgent() throws IOException {
        relay = new RelayServer(
                RelayConfig.DEFAULT
                        .withThreads(2)
                        .withListen(new RelayConfig.Listen(List.of(IpAddress.parse("127.0.0.1")), 0, 64)),
                registry,
                balancers,
                RelayListener.NONE,
                new RefusalBuckets(RefusalConfig.OFF),
                (socket, family) -> original,
                Ticker.SYSTEM,
                ThreadLocalRandom::current);
        registry.start();
        relay.start();
        status.setBound();
        open();
    }

    /** Makes or replaces a Service {@code shop/NAME}. */
    void service(String name, String clusterIp, Endpoint... endpoints) {
        ServiceSpec spec = ServiceSpec.builder()
                .clusterIps(List.of(IpAddress.parse(clusterIp)))
                .ports(List.of(HTTP))
                .build();
        source.update(
                new ServiceSnapshot(new ServiceId("shop", name), spec, Map.of(HTTP.key(), List.of(endpoints)), null));
    }

    void headless(String name) {
        source.update(Shop.headless(name));
    }

    static Endpoint endpoint(InetSocketAddress address, String pod, String zone, boolean ready) {
        return new Endpoint(
                IpAddress.of(address.getAddress()),
                address.getPort(),
                new EndpointConditions(ready, ready, false),
                zone,
                "node-1",
                Set.of(),
                Set.of(),
                new Endpoint.TargetRef("Pod", "shop", pod, "uid-" + pod));
    }

    /** Ejects whatever has an address, in Services that come or change from now on. */
    void eject(InetSocketAddress address) {
        long now = Ticker.SYSTEM.read();
        sickness.eject(
                TransportAddress.tcp(address).toString(),
                new Ejection(
                        "2 consecutive failures, the last: refused",
                        now - Duration.ofSeconds(12).toNanos(),
                        now + Duration.ofMinutes(5).toNanos(),
                        2));
    }

    /** A new connection of a client that dialled an address. */
    Socket dial(String address) throws IOException {
        original =
                TransportAddress.tcp(new InetSocketAddress(address.substring(0, address.indexOf(':')), port(address)));
        Socket socket = new Socket();
        socket.setSoTimeout(10_000);
        socket.connect(relay.addresses().get(0));
        return socket;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    /** Begins to answer, at the same port as before if it did before. */
    void open() throws IOException {
        ServicesPage services = new ServicesPage(registry, balancers, status::view, Moments.SYSTEM);
        AgentUse use = new AgentUse(balancers, Refusal.NONE, () -> null, Map.of(), Moments.SYSTEM);
        admin = new AdminServer(new AdminRoutes()
                .get("/services", "services", request -> {
                    looks.add(System.nanoTime());
                    return services.respond(request);
                })
                .get("/explain", "explains", new ExplainPage(RemoraConfig.DEFAULT, null, registry, use))
                .get("/connections", "connections", new ConnectionsPage(relay::connections, relay::active))
                .get("/decisions", "decisions", new DecisionsPage(relay::decisions, Moments.SYSTEM)));
        port = admin.bind(new AdminConfig(List.of(IpAddress.parse("127.0.0.1")), port))
                .get(0)
                .port();
    }

    /** Goes away. */
    void shut() {
        admin.close();
    }

    URI page(String view) {
        return URI.create("http://127.0.0.1:" + port + "/" + view);
    }

    @Override
    public void close() {
        admin.close();
        relay.close();
        registry.close();
    }
}
