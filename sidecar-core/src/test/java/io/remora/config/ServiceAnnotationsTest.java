package io.remora.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.Admission;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerConfig.Limits;
import io.remora.balancer.BalancerConfig.SlowStart;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.DestinationHealth;
import io.remora.balancer.OutcomeListener;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.internal.VirtualClock;
import io.remora.outlier.HealthConfig;
import io.remora.outlier.OutlierConfig.EjectionTime;
import io.remora.outlier.ProbeConfig;
import io.remora.registry.ClientLocation;
import io.remora.registry.RegistryConfig;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceAnnotationsTest {

    private static final ServiceId STOCK = new ServiceId("shop", "stock");
    private static final ServicePort HTTP = ServicePort.tcp("http", 80);
    private static final TransportAddress ADDRESS = TransportAddress.tcp(IpAddress.parse("10.96.0.20"), 80);

    private final List<String> told = new ArrayList<>();
    private final ServiceAnnotations annotations = new ServiceAnnotations(
            BalancerConfig.DEFAULT, HealthConfig.DEFAULT, (service, problem) -> told.add(service + " " + problem));

    @Test
    void aServiceWithoutAnnotationsHasWhatTheAgentHas() {
        assertThat(balancer(Map.of())).isSameAs(BalancerConfig.DEFAULT);
        assertThat(health(Map.of())).isSameAs(HealthConfig.DEFAULT);
        assertThat(annotations.size()).isZero();
    }

    @Test
    void annotationsHoldOverTheAgentsSettingsOneByOne() {
        Map<String, String> given = Map.of(
                "remora.io/policy", "round-robin",
                "remora.io/slow-start-window", "1m",
                "remora.io/max-pending", "7",
                "remora.io/outlier-base-ejection-time", "10s",
                "remora.io/probe", "http",
                "remora.io/probe-path", " /healthz ",
                "remora.io/weights", "stock-v2-*=10, stock-v1-*=90",
                "remora.io/outlier-interval", " ");

        BalancerConfig balancer = balancer(given);
        HealthConfig health = health(given);

        assertThat(balancer)
                .isEqualTo(new BalancerConfig(
                        BalancerPolicy.ROUND_ROBIN,
                        new SlowStart(Duration.ofMinutes(1), SlowStart.DEFAULT.minWeightPercent()),
                        BalancerConfig.DEFAULT.latency(),
                        BalancerConfig.DEFAULT.hashOn(),
                        BalancerConfig.DEFAULT.zones(),
                        balancer.weights(),
                        new Limits(0, 7),
                        BalancerConfig.DEFAULT.retry()));
        assertThat(balancer.weights().byPattern())
                .containsExactly(Map.entry("stock-v2-*", 10), Map.entry("stock-v1-*", 90));
        assertThat(health.outlier().ejectionTime())
                .isEqualTo(new EjectionTime(
                        Duration.ofSeconds(10), EjectionTime.DEFAULT.max(), EjectionTime.DEFAULT.jitter()));
        assertThat(health.outlier().interval())
                .isEqualTo(HealthConfig.DEFAULT.outlier().interval());
        assertThat(health.probe().kind()).isEqualTo(ProbeConfig.Kind.HTTP);
        assertThat(health.probe().path()).isEqualTo("/healthz");
        assertThat(told).isEmpty();
        assertThat(annotations.explain(service(given)).annotations())
                .containsEntry("remora.io/weights", "stock-v2-*=10,stock-v1-*=90")
                .hasSize(7);
    }

    @Test
    void everySettingOfAServiceTakesItsDefaultAsTheDocumentationWritesIt() {
        Map<String, String> given = new HashMap<>();
        Settings.ofServices().stream()
                .filter(setting -> !setting.defaultText().isEmpty())
                .forEach(setting -> given.put(setting.annotation(), setting.defaultText()));

        assertThat(balancer(given)).isEqualTo(BalancerConfig.DEFAULT);
        assertThat(health(given)).isEqualTo(HealthConfig.DEFAULT);
        assertThat(told).isEmpty();
        assertThat(given).hasSize(Settings.ofServices().size() - 1); // weights have none
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "policy | fastest | give one of p2c, ",
                "slow-start-window | 30 | give a whole number and a unit",
                "slow-start-window | 2h | from 0s to 1h",
                "slow-start-min-weight-percent | 0 | give a number from 1 to 100",
                "latency-initial | 0s | from 1ms to 1h",
                "latency-decay | -1s | from 1ms to 1h",
                "hash-on | cookie:a | give client, or header:NAME",
                "hash-on | header: | give client, or header:NAME",
                "zone-aware | yes | give one of prefer, off",
                "zone-aware-min-endpoints | 0 | give a number from 1 to ",
                "weights | stock-* | give patterns of pod names",
                "weights | stock-*=0 | with a weight from 1 to 1000",
                "weights | a=1,a=2 | each once",
                "weights | =5 | give patterns of pod names",
                "weights | Stock=5 | give patterns of pod names",
                "max-connections | -1 | give a number from 0 to ",
                "max-pending | many | give a number from 0 to ",
                "retry-budget-percent | 1001 | give a number from 0 to 1000",
                "retry-min-per-second | 0.5 | give a number from 0 to ",
                "outlier | true | give one of on, off",
                "outlier-consecutive-failures | -5 | give a number from 0 to ",
                "outlier-interval | 0s | from 1ms to 1h",
                "outlier-base-ejection-time | 30sec | give a whole number and a unit",
                "outlier-max-ejection-time | 2d | give a whole number and a unit",
                "outlier-ejection-jitter | 90m | from 0s to 1h",
                "outlier-max-ejection-percent | 101 | give a number from 0 to 100",
                "outlier-panic-percent | 50% | give a number from 0 to 100",
                "outlier-success-rate-minimum-hosts | -1 | give a number from 0 to ",
                "outlier-success-rate-request-volume | 0 | give a number from 1 to ",
                "outlier-success-rate-stdev-factor | 1.9 | give a number from 0 to ",
                "outlier-failure-percentage-threshold | 200 | give a number from 0 to 100",
                "outlier-failure-percentage-minimum-hosts | x | give a number from 0 to ",
                "outlier-failure-percentage-request-volume | 0 | give a number from 1 to ",
                "outlier-comeback | never | give one of connection, probe",
                "breaker-endpoint | yes | give one of on, off",
                "breaker-destination | 1 | give one of on, off",
                "breaker-failure-rate-percent | 0 | give a number from 1 to 100",
                "breaker-window | 500ms | from 1s to 1h",
                "breaker-minimum-calls | 0 | give a number from 1 to ",
                "breaker-wait-in-open | 0s | from 1ms to 24h",
                "breaker-permitted-in-half-open | 0 | give a number from 1 to ",
                "probe | grpc | give one of off, tcp, http",
                "probe-path | healthz | give a path that begins with /",
                "probe-path | /a b | give a path that begins with / and is percent-encoded",
                "probe-path | /{x} | give a path that begins with / and is percent-encoded",
                "probe-path | /100% | give a path that begins with / and is percent-encoded",
                "probe-path | /ä | give a path that begins with / and is percent-encoded",
                "probe-interval | 0s | from 1ms to 1h",
                "probe-timeout | soon | from 1ms to 1h",
                "probe-unhealthy-threshold | 0 | give a number from 1 to ",
                "probe-healthy-threshold | 0 | give a number from 1 to ",
            })
    void aBadValueIsToldAndTheAgentsSettingHolds(String name, String value, String fix) {
        Map<String, String> given = Map.of("remora.io/" + name, value);

        assertThat(balancer(given)).isEqualTo(BalancerConfig.DEFAULT);
        assertThat(health(given)).isEqualTo(HealthConfig.DEFAULT);

        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("shop/stock remora.io/" + name + "=" + value + ": not valid; give ")
                .contains(fix);
    }

    @Test
    void theTableOfBadValuesLeavesNoAnnotationOut() throws NoSuchMethodException {
        CsvSource table = ServiceAnnotationsTest.class
                .getDeclaredMethod("aBadValueIsToldAndTheAgentsSettingHolds", String.class, String.class, String.class)
                .getAnnotation(CsvSource.class);
        Set<String> tried = new HashSet<>();
        for (String row : table.value()) {
            tried.add("remora.io/" + row.substring(0, row.indexOf(' ')));
        }

        assertThat(tried)
                .containsExactlyInAnyOrderElementsOf(
                        Settings.ofServices().stream().map(Setting::annotation).toList());
    }

    @Test
    void oneBadValueSpoilsNoOther() {
        BalancerConfig config = balancer(Map.of("remora.io/policy", "fastest", "remora.io/max-connections", "9"));

        assertThat(config.policy()).isEqualTo(BalancerPolicy.DEFAULT);
        assertThat(config.limits().maxConnections()).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "remora.io/polcy | ; did you mean remora.io/policy?",
                "remora.io/outlier-base-ejection | -",
                "remora.io/outlier.interval | ; did you mean remora.io/outlier-interval?",
                "remora.io/capture-port | -",
                "remora.io/inject | -",
            })
    void anUnknownAnnotationIsToldWithTheNearestName(String name, String hint) {
        assertThat(balancer(Map.of(name, "1"))).isEqualTo(BalancerConfig.DEFAULT);

        assertThat(told)
                .containsExactly("shop/stock " + name + "=1: no annotation of a Service" + (hint == null ? "" : hint));
    }

    @Test
    void timesThatContradictEachOtherAreToldOnceAndNoneOfThemHolds() {
        HealthConfig both = health(Map.of(
                "remora.io/outlier-base-ejection-time", "20s",
                "remora.io/outlier-max-ejection-time", "10s",
                "remora.io/outlier-ejection-jitter", "1s"));

        assertThat(both.outlier().ejectionTime())
                .isEqualTo(new EjectionTime(
                        EjectionTime.DEFAULT.base(), EjectionTime.DEFAULT.max(), Duration.ofSeconds(1)));
        assertThat(told)
                .containsExactly("shop/stock remora.io/outlier-base-ejection-time=20s:"
                        + " remora.io/outlier-max-ejection-time is 10s, below remora.io/outlier-base-ejection-time, which is"
                        + " 20s; make it as long at least");
    }

    @Test
    void anAnnotationMayContradictASettingOfTheAgent() {
        HealthConfig config = health(Map.of("remora.io/outlier-base-ejection-time", "1h"));

        assertThat(config).isEqualTo(HealthConfig.DEFAULT);
        assertThat(told)
                .singleElement()
                .asString()
                .contains("remora.outlier.max-ejection-time is")
                .contains("below remora.io/outlier-base-ejection-time, which is 1h");
    }

    @Test
    void whatIsWrongIsToldOnceUntilTheValueChanges() {
        balancer(Map.of("remora.io/policy", "fastest"));
        health(Map.of("remora.io/policy", "fastest"));
        balancer(Map.of("remora.io/policy", "fastest", "remora.io/max-pending", "1"));
        assertThat(told).hasSize(1);

        balancer(Map.of("remora.io/policy", "best"));
        assertThat(told).hasSize(2);

        balancer(Map.of("remora.io/policy", "p2c"));
        balancer(Map.of("remora.io/policy", "best"));
        assertThat(told).hasSize(3);
    }

    @Test
    void anUnchangedServiceIsNotReadAgain() {
        Map<String, String> given = Map.of("remora.io/max-pending", "1");

        assertThat(balancer(given)).isSameAs(balancer(new HashMap<>(given)));
    }

    @Test
    void explainingTellsNobodyAndRemembersNothing() {
        ServiceConfig config = annotations.explain(service(Map.of("remora.io/policy", "fastest")));

        assertThat(config.problems()).hasSize(1);
        assertThat(told).isEmpty();
        assertThat(annotations.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServiceThatGoesIsForgotten(boolean headless) {
        StaticDiscoverySource source = new StaticDiscoverySource(List.of());
        try (ServiceRegistry registry = registry(source, RegistryConfig.DEFAULT)) {
            source.update(service(Map.of("remora.io/policy", "fastest")));
            assertThat(annotations.size()).isEqualTo(1);

            if (headless) {
                source.update(new ServiceSnapshot(
                        STOCK, ServiceSpec.builder().headless(true).build(), Map.of(), null));
            } else {
                source.remove(STOCK);
            }
            assertThat(annotations.size()).isZero();

            source.update(service(Map.of("remora.io/policy", "fastest")));
            assertThat(told).hasSize(2);
            source.update(service(Map.of()));
            assertThat(annotations.size()).isZero();
            assertThat(registry.snapshot().serviceCount()).isEqualTo(1);
        }
    }

    @Test
    void aChangeOfNothingButAnnotationsReachesTheBalancer() {
        StaticDiscoverySource source = new StaticDiscoverySource(List.of(service(Map.of())));
        BalancerRegistry balancers = balancers();
        try (ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers, annotations), Runnable::run)) {
            registry.start();
            assertThat(config(registry, balancers)).isEqualTo(BalancerConfig.DEFAULT);

            source.update(service(Map.of("remora.io/policy", "random", "remora.io/max-pending", "3")));

            assertThat(config(registry, balancers).policy()).isEqualTo(BalancerPolicy.RANDOM);
            assertThat(config(registry, balancers).limits().maxPending()).isEqualTo(3);

            source.update(service(Map.of()));

            assertThat(config(registry, balancers)).isEqualTo(BalancerConfig.DEFAULT);
        }
    }

    @Test
    void limitsHoldFromTheFirstConnectionOn() {
        StaticDiscoverySource source =
                new StaticDiscoverySource(List.of(service(Map.of("remora.io/max-connections", "1"))));
        BalancerRegistry balancers = balancers();
        try (ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers, annotations), Runnable::run)) {
            registry.start();
            Admission admission = balancer(registry, balancers).admission();

            assertThat(admission.enter()).isTrue();
            assertThat(admission.enter()).isFalse();

            source.update(service(Map.of("remora.io/max-connections", "2")));

            assertThat(admission.enter()).isTrue();
            assertThat(admission.enter()).isFalse();
        }
    }

    @Test
    void theZoneThatTheRegistryLearnsIsTheBalancers() {
        StaticDiscoverySource source = new StaticDiscoverySource(List.of(service(Map.of())));
        BalancerRegistry balancers = balancers();
        RegistryConfig onNode = new RegistryConfig(ClientLocation.of("node-1", null), List.of(), true, List.of());
        try (ServiceRegistry registry =
                new ServiceRegistry(onNode, source, List.of(balancers, annotations), Runnable::run)) {
            registry.start();
            assertThat(config(registry, balancers).zones().client().zone()).isNull();

            source.update(new ServiceSnapshot(
                    new ServiceId("shop", "web"),
                    ServiceSpec.builder().ports(List.of(HTTP)).build(),
                    Map.of(HTTP.key(), List.of(onNode("10.244.0.9"))),
                    null));

            assertThat(config(registry, balancers).zones().client().zone()).isEqualTo("zone-a");
        }
    }

    private ServiceRegistry registry(StaticDiscoverySource source, RegistryConfig config) {
        ServiceRegistry registry =
                new ServiceRegistry(config, source, List.of(balancers(), annotations), Runnable::run);
        registry.start();
        return registry;
    }

    private BalancerRegistry balancers() {
        return new BalancerRegistry(
                annotations.balancerRules(), DestinationHealth.Factory.NONE, OutcomeListener.NONE, new VirtualClock());
    }

    private static BalancerConfig config(ServiceRegistry registry, BalancerRegistry balancers) {
        return balancer(registry, balancers).config();
    }

    private static DestinationBalancer balancer(ServiceRegistry registry, BalancerRegistry balancers) {
        return Objects.requireNonNull(
                balancers.find(Objects.requireNonNull(registry.snapshot().find(ADDRESS))));
    }

    private BalancerConfig balancer(Map<String, String> given) {
        return annotations.balancerRules().of(service(given));
    }

    private HealthConfig health(Map<String, String> given) {
        return annotations.healthRules().of(service(given));
    }

    private static ServiceSnapshot service(Map<String, String> given) {
        return new ServiceSnapshot(
                STOCK,
                ServiceSpec.builder()
                        .clusterIps(List.of(ADDRESS.ip()))
                        .ports(List.of(HTTP))
                        .annotations(given)
                        .build(),
                Map.of(HTTP.key(), List.of(Endpoint.ready(IpAddress.parse("10.244.0.1"), 8080))),
                null);
    }

    private static Endpoint onNode(String ip) {
        Endpoint plain = Endpoint.ready(IpAddress.parse(ip), 8080);
        return new Endpoint(plain.ip(), plain.port(), plain.conditions(), "zone-a", "node-1", Set.of(), Set.of(), null);
    }
}
