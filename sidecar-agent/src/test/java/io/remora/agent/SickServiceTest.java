package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.Ejection;
import io.remora.balancer.OutcomeListener;
import io.remora.config.AdminConfig;
import io.remora.config.RemoraConfig;
import io.remora.config.ServiceAnnotations;
import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.internal.Moments;
import io.remora.internal.VirtualClock;
import io.remora.registry.ClientLocation;
import io.remora.registry.RegistryConfig;
import io.remora.registry.ServiceRegistry;
import io.remora.relay.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** What a user sees of a Service with sick endpoints and annotations, through the commands and a real admin server. */
@Timeout(60)
class SickServiceTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final ServicePort HTTP = ServicePort.tcp("http", 80);
    private static final RemoraConfig CONFIG = RemoraConfig.DEFAULT;

    private final VirtualClock clock = new VirtualClock();
    private final Moments moments = new Moments(clock, () -> NOON.plusNanos(clock.read()));
    private final Sickness sickness = new Sickness();
    private final ServiceAnnotations annotations =
            new ServiceAnnotations(CONFIG.balancer(), CONFIG.health(), (service, problem) -> {});
    private final BalancerRegistry balancers =
            new BalancerRegistry(annotations.balancerRules(), sickness, OutcomeListener.NONE, clock);
    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of(cart(Map.of())));
    private final ServiceRegistry registry = new ServiceRegistry(
            new RegistryConfig(ClientLocation.of("node-1", "zone-a"), List.of(), true, List.of()),
            source,
            List.of(balancers, annotations),
            Runnable::run);
    private final AgentStatus status = new AgentStatus(registry, () -> false, () -> false);
    private final AdminServer server = new AdminServer(new AdminRoutes()
            .get("/services", "services", new ServicesPage(registry, balancers, status::view, moments))
            .get(
                    "/explain",
                    "explains",
                    new ExplainPage(
                            CONFIG,
                            "REMORA_POLICY",
                            registry,
                            new AgentUse(balancers, Refusal.NONE, () -> null, Map.of(), moments))));
    private String admin = "";

    @BeforeEach
    void start() throws IOException {
        status.setBound();
        registry.start();
        admin = server.bind(new AdminConfig(List.of(IpAddress.parse("127.0.0.1")), 0))
                .get(0)
                .toString();
        clock.advance(Duration.ofSeconds(191));
    }

    @AfterEach
    void stop() {
        server.close();
        registry.close();
    }

    private void eject(String address) {
        sickness.eject(
                address,
                new Ejection(
                        "2 consecutive failures, the last: refused",
                        clock.read(),
                        clock.read() + Duration.ofSeconds(60).toNanos(),
                        1));
    }

    @Test
    void explainSaysWhoIsEjectedSinceWhenWhyAndUntilWhen() {
        eject("10.244.0.2:8080");
        clock.advance(Duration.ofSeconds(42));

        assertThat(run("explain", "10.96.0.40:80"))
                .contains("10.96.0.40:80: forwarded to one of 2 endpoints of Service shop/cart, 1 ejected")
                .contains("endpoints  every ready endpoint: 3 of 3")
                .containsPattern("yes +10\\.244\\.0\\.1:8080 .* ready\\n")
                .containsPattern(
                        "ejected +10\\.244\\.0\\.2:8080 .* ejected since 12:03:11Z \\(42 s ago\\): 2 consecutive"
                                + " failures, the last: refused; next trial in 18 s\\n")
                .contains("(REMORA_POLICY)\n")
                .doesNotContain("panic", "zones", "limits", "annotation");
        assertThat(run("explain", "-o", "json", "10.96.0.40:80"))
                .contains("\"ejection\":{\"state\":\"ejected\",\"since\":\"2026-01-01T12:03:11Z\",\"agoSeconds\":42,"
                        + "\"until\":\"2026-01-01T12:04:11Z\",\"remainingSeconds\":18,")
                .containsOnlyOnce("\"ejection\"");
    }

    @Test
    void whomProbesEjectedHasNoTrialToWaitFor() {
        sickness.eject(
                "10.244.0.2:8080", new Ejection("3 probes in a row failed", clock.read(), clock.read() + 1, 1, true));
        clock.advance(Duration.ofSeconds(42));

        assertThat(run("explain", "10.96.0.40:80"))
                .contains("(42 s ago): 3 probes in a row failed; comes back when its probes succeed\n");
        assertThat(run("explain", "-o", "json", "10.96.0.40:80"))
                .contains("\"ejection\":{\"state\":\"ejected\"")
                .doesNotContain("\"until\"");
    }

    @Test
    void endpointsSayItToo() {
        eject("10.244.0.2:8080");

        assertThat(run("endpoints", "cart"))
                .contains("2 of 3 endpoints used, 1 ejected")
                .contains("| ejected  0 ")
                .contains(
                        "ejected since 12:03:11Z (0 s ago): 2 consecutive failures, the last: refused; next trial in 60 s");
        assertThat(run("endpoints", "-o", "json"))
                .contains("\"balancing\":{\"policy\":\"p2c\",\"ejected\":1,\"onTrial\":0,\"panic\":false,")
                .contains("\"failures\":0,\"ejected\":1}"); // of the totals
    }

    @Test
    void inPanicEverythingIsUsedAndThatIsSaid() {
        eject("10.244.0.1:8080");
        eject("10.244.0.2:8080");
        sickness.panic(true);

        assertThat(run("explain", "10.96.0.40:80"))
                .contains("forwarded to one of 3 endpoints of Service shop/cart, 2 ejected")
                .contains("panic      so many endpoints are ejected that all are used")
                .containsPattern("yes +10\\.244\\.0\\.1:8080 .* ejected since");
    }

    @Test
    void whereAllAreEjectedAndThatIsBelievedNothingIsForwarded() {
        for (int i = 1; i <= 3; i++) {
            eject("10.244.0." + i + ":8080");
        }

        assertThat(run("explain", "10.96.0.40:80"))
                .contains("fails at once: every endpoint of Service shop/cart is ejected");
    }

    @Test
    void annotationsAreShownWithWhatTheyDoAndThoseThatDoNothing() {
        source.update(cart(Map.of(
                "remora.io/policy", "round-robin",
                "remora.io/max-connections", "5",
                "remora.io/zone-aware", "prefer",
                "remora.io/zone-aware-min-endpoints", "2",
                "remora.io/weights", "cart-1=10",
                "remora.io/probe", "ping",
                "remora.io/polcy", "p2c")));

        assertThat(run("explain", "10.96.0.40:80"))
                .contains("choice     round-robin: one endpoint after the other (annotation remora.io/policy)")
                .contains("zones      zone-a is preferred (usable endpoints there: 2);")
                .contains("limits     0 of at most 5 connections open, 0 refused so far")
                .contains(
                        "note: the Service's annotations set remora.io/max-connections=5, remora.io/policy=round-robin,"
                                + " remora.io/weights=cart-1=10, remora.io/zone-aware=prefer, remora.io/zone-aware-min-endpoints=2")
                .contains("note: annotation ignored: remora.io/probe=ping: not valid; give one of off, tcp, http")
                .contains("note: annotation ignored: remora.io/polcy=p2c: no annotation of a Service; did you mean"
                        + " remora.io/policy?");
        assertThat(run("endpoints", "cart")).contains("limits: 0 of at most 5").containsPattern("WEIGHT +WHY");

        eject("10.244.0.1:8080");
        assertThat(run("explain", "10.96.0.40:80"))
                .contains("zones      zone-a would be preferred, but all are used alike: it has 1 of the 2 usable");
    }

    @Test
    void aNewEndpointIsShownInItsSlowStart() {
        ServiceSnapshot cart = cart(Map.of());
        List<Endpoint> more = new ArrayList<>(cart.endpoints().get(HTTP.key()));
        more.add(endpoint(4, "zone-b"));
        source.update(new ServiceSnapshot(cart.id(), cart.spec(), Map.of(HTTP.key(), more), null));
        clock.advance(Duration.ofSeconds(5));

        assertThat(run("endpoints", "cart")).containsOnlyOnce("ready; slow start for 25 s more");

        clock.advance(Duration.ofSeconds(25));
        assertThat(run("endpoints", "cart")).doesNotContain("slow start");
    }

    private String run(String command, String... arguments) {
        StringWriter out = new StringWriter();
        CommandLine remora = Remora.commandLine();
        remora.setOut(new PrintWriter(out, true));
        remora.setErr(new PrintWriter(out, true));
        List<String> all = new ArrayList<>(List.of(command, "--admin", admin));
        all.addAll(List.of(arguments));
        assertThat(remora.execute(all.toArray(String[]::new))).as("%s", out).isZero();
        return out.toString();
    }

    private static ServiceSnapshot cart(Map<String, String> given) {
        return new ServiceSnapshot(
                new ServiceId("shop", "cart"),
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.40")))
                        .ports(List.of(HTTP))
                        .annotations(given)
                        .build(),
                Map.of(HTTP.key(), List.of(endpoint(1, "zone-a"), endpoint(2, "zone-a"), endpoint(3, "zone-b"))),
                null);
    }

    private static Endpoint endpoint(int number, String zone) {
        return new Endpoint(
                IpAddress.parse("10.244.0." + number),
                8080,
                EndpointConditions.READY,
                zone,
                "node-" + zone,
                Set.of(),
                Set.of(),
                new Endpoint.TargetRef("Pod", "shop", "cart-" + number, "uid-" + number));
    }
}
