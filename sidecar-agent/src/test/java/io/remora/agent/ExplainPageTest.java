package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.PickContext;
import io.remora.config.AdminConfig;
import io.remora.config.ConfigReader;
import io.remora.config.RemoraConfig;
import io.remora.config.SettingSources;
import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Endpoint;
import io.remora.discovery.Interest;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.Settlement;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Moments;
import io.remora.registry.ServiceRegistry;
import io.remora.relay.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The page and the command that asks it, over a real admin server on loopback. */
@Timeout(60)
class ExplainPageTest {

    private static final IpAddress CLIENT = IpAddress.parse("10.244.9.9");
    private static final RemoraConfig ROUND_ROBIN = ConfigReader.read(
                    new SettingSources(Map.of("--policy", "round-robin"), Map.of(), Map.of()))
            .config();
    private static final ServicePort HTTP = ServicePort.tcp("http", 80);

    private final BalancerRegistry balancers = new BalancerRegistry(BalancerPolicy.ROUND_ROBIN, OutcomeListener.NONE);
    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of(new ServiceSnapshot(
            new ServiceId("shop", "cart"),
            ServiceSpec.builder()
                    .clusterIps(List.of(IpAddress.parse("10.96.0.40")))
                    .ports(List.of(HTTP))
                    .affinityTimeout(Duration.ofMinutes(10))
                    .build(),
            Map.of(HTTP.key(), List.of(Endpoint.ready(IpAddress.parse("10.244.1.5"), 8080))),
            null)));
    private final ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers), Runnable::run);
    private final AdminServer server = new AdminServer(new AdminRoutes()
            .get(
                    "/explain",
                    "explains",
                    new ExplainPage(
                            ROUND_ROBIN,
                            null,
                            registry,
                            new AgentUse(
                                    balancers,
                                    Refusal.NONE,
                                    () -> null,
                                    Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1"),
                                    Moments.SYSTEM))));
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String admin = "";

    @BeforeEach
    void start() throws IOException {
        registry.start();
        admin = server.bind(new AdminConfig(List.of(IpAddress.parse("127.0.0.1")), 0))
                .get(0)
                .toString();
    }

    @AfterEach
    void stop() {
        server.close();
        registry.close();
    }

    @Test
    void whereServicesAreWatchedOnDemandTheAddressIsLookedUpAndThatIsSaid() throws IOException {
        List<TransportAddress> asked = new ArrayList<>();
        ServiceRegistry onDemand = new ServiceRegistry(new OnDemand(asked), List.of(balancers), Runnable::run);
        onDemand.start();
        try (AdminServer its = new AdminServer(new AdminRoutes()
                .get(
                        "/explain",
                        "explains",
                        new ExplainPage(
                                RemoraConfig.DEFAULT,
                                null,
                                onDemand,
                                new AgentUse(balancers, Refusal.NONE, () -> null, Map.of(), Moments.SYSTEM))))) {
            admin = its.bind(new AdminConfig(List.of(IpAddress.parse("127.0.0.1")), 0))
                    .get(0)
                    .toString();

            assertThat(explain("10.96.0.77:80")).isZero();

            assertThat(asked).containsExactly(TransportAddress.tcp(IpAddress.parse("10.96.0.77"), 80));
            assertThat(out.toString())
                    .contains("passed through")
                    .contains("on-demand")
                    .contains("ask again");
        }
    }

    /** Knows nothing by itself, and never finds anything out. */
    private record OnDemand(List<TransportAddress> asked) implements DiscoverySource {
        @Override
        public void start(DiscoverySink sink) {
            sink.accept(List.of(new DiscoveryEvent.Synced(false)));
        }

        @Override
        public Interest interest(TransportAddress address) {
            asked.add(address);
            return new Settlement().interest();
        }

        @Override
        public Interest interest(ServiceId service) {
            return new Settlement().interest();
        }

        @Override
        public SourceStatus status() {
            return SourceStatus.FIXED;
        }

        @Override
        public void close() {}
    }

    @Test
    void theCommandPrintsWhatTheAgentKnowsOfEachEndpoint() {
        DestinationBalancer balancer = Objects.requireNonNull(balancers.find(Objects.requireNonNull(
                registry.snapshot().find(TransportAddress.tcp(IpAddress.parse("10.96.0.40"), 80)))));
        Objects.requireNonNull(balancer.pick(new PickContext(new Random(1), CLIENT, System.nanoTime())));

        assertThat(explain("--client", CLIENT.toString(), "10.96.0.40:80")).isZero();

        assertThat(out.toString())
                .contains("10.96.0.40:80: forwarded to the one endpoint of Service shop/cart")
                .contains("IN FLIGHT  PICKS  FAILURES")
                .containsPattern("10\\.244\\.1\\.5:8080 +ready +- +- +- +1 +1 +0 +ready")
                .containsPattern("this client is bound to 10\\.244\\.1\\.5:8080 for (600|599) s more")
                .contains("round-robin: one endpoint after the other");
    }

    @Test
    void severalTargetsAsJsonAreOneLineEach() {
        assertThat(explain("-o", "json", "cart.shop:http", "10.96.0.40:81")).isZero();
        assertThat(out.toString().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("\"decision\":\"forward\"") && line.contains("\"affinitySeconds\":600"))
                .anyMatch(line -> line.contains("\"decision\":\"reject\"") && line.contains("\"servicePort\":null"));
    }

    @Test
    void everyTargetThatCannotBeExplainedIsSaid() {
        assertThat(explain("catr.shop:80", "cart.shop:grpc")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "'catr.shop:80': no Service is named 'catr.shop'; did you mean shop/cart?",
                        "'cart.shop:grpc': Service shop/cart has no TCP port 'grpc'; it has http 80/TCP");
    }

    @Test
    void howARejectedConnectionFailsIsSaid() {
        assertThat(explain("10.96.0.40:81")).isZero();
        assertThat(out.toString()).contains("outcome    accepted and reset at once: remora.refusal is off");
    }

    @Test
    void theApiServersOwnAddressIsNeverCaptured() {
        assertThat(explain("10.96.0.1:443")).isZero();
        assertThat(out.toString())
                .contains("passed through")
                .contains("captured   no: it is the API server's own ClusterIP, which is never captured");
    }

    @Test
    void withoutAnAgentThatIsSaidOnce() {
        server.close();
        assertThat(explain("10.96.0.40:80", "10.96.0.40:81")).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("no agent listens at http://127.0.0.1");
    }

    private int explain(String... arguments) {
        CommandLine remora = Remora.commandLine();
        remora.setOut(new PrintWriter(out, true));
        remora.setErr(new PrintWriter(err, true));
        String[] all = new String[arguments.length + 3];
        all[0] = "explain";
        all[1] = "--admin";
        all[2] = admin;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return remora.execute(all);
    }
}
