package io.remora.registry;

import static io.remora.registry.Services.ready;
import static io.remora.registry.Services.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IngressAddress;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TrafficPolicy;
import io.remora.discovery.TransportAddress;
import io.remora.registry.Route.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the recorded decisions of kube-proxy do not say: contested addresses, what is learned, what is not known. */
class FrontendRuleTest {

    private static final IpAddress CLIENT = IpAddress.parse("10.244.9.9");
    private static final String SHARED = "203.0.113.1";

    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of());

    @Test
    void anAddressThatTwoServicesClaimDoesNotDependOnTheOrderOfEvents() {
        ServiceSnapshot first = external("a", "10.96.0.1", "10.0.0.1");
        ServiceSnapshot second = external("b", "10.96.0.2", "10.0.0.2");

        for (List<ServiceSnapshot> order : List.of(List.of(first, second), List.of(second, first))) {
            RegistrySnapshot snapshot = RegistrySnapshot.of(RegistryConfig.DEFAULT, order);
            assertThat(owner(snapshot)).isEqualTo("shop/a:http");
            assertThat(snapshot.contenders(tcp(SHARED, 80))).singleElement().hasToString("external IP 203.0.113.1:80");
        }
    }

    @Test
    void whenTheOwnerOfAContestedAddressGoesTheOtherTakesOver() {
        ServiceRegistry registry = registry(RegistryConfig.DEFAULT);
        source.update(external("a", "10.96.0.1", "10.0.0.1"));
        source.update(external("b", "10.96.0.2", "10.0.0.2"));

        source.remove(external("a", "10.96.0.1").id());

        assertThat(owner(registry.snapshot())).isEqualTo("shop/b:http");
        assertThat(registry.snapshot().contenders(tcp(SHARED, 80))).isEmpty();
        source.remove(external("b", "10.96.0.2").id());
        assertThat(registry.snapshot().frontend(tcp(SHARED, 80))).isNull();
    }

    @Test
    void aZoneThatNobodyToldIsLearnedFromAnEndpointOnTheNode() {
        ServiceRegistry registry = registry(config(ClientLocation.of("node-a", null)));
        source.update(hinted("near", "10.96.0.1"));
        assertThat(selection(registry, "10.96.0.1")).isEqualTo(Selection.EVERY_READY_ZONE_UNKNOWN);

        source.update(service("other", "10.96.0.2", at("10.0.1.1", "node-a", "zone-a")));

        assertThat(registry.snapshot().config().client().zone()).isEqualTo("zone-a");
        assertThat(registry.snapshot().config().client().zoneSource()).isEqualTo(ClientLocation.ZoneSource.ENDPOINT);
        assertThat(selection(registry, "10.96.0.1")).isEqualTo(Selection.HINTED_FOR_ZONE);
    }

    @Test
    void aZoneThatIsGivenIsNotLearnedAnew() {
        ServiceRegistry registry = registry(config(ClientLocation.of("node-a", "zone-b")));
        source.update(service("other", "10.96.0.2", at("10.0.1.1", "node-a", "zone-a")));
        assertThat(registry.snapshot().config().client().zone()).isEqualTo("zone-b");
    }

    @Test
    void whereTheNodeIsNotKnownALocalPolicyIsLeftToTheNodesOwnProxy() {
        ServiceRegistry registry = registry(RegistryConfig.DEFAULT);
        source.update(local("local", "10.96.0.1"));

        Route route = registry.snapshot().route(tcp("10.96.0.1", 80), CLIENT);

        assertThat(route.cause()).isEqualTo(Cause.CLIENT_NODE_UNKNOWN);
        assertThat(route.verdict()).isEqualTo(Route.Verdict.PASS_THROUGH);
    }

    @Test
    void underALocalPolicyOtherAddressesAreADestinationOfTheirOwn() {
        ServiceRegistry registry = registry(config(ClientLocation.of("node-a", null)));
        source.update(local("local", "10.96.0.1"));

        assertThat(registry.snapshot().route(tcp("10.96.0.1", 80), CLIENT).cause())
                .isEqualTo(Cause.NO_ELIGIBLE_ENDPOINT);
        Route external = registry.snapshot().route(tcp(SHARED, 80), CLIENT);
        assertThat(external.cause()).isEqualTo(Cause.ELIGIBLE_ENDPOINTS);
        assertThat(Objects.requireNonNull(external.destination()).id()).hasToString("shop/local:http/external");
    }

    @Test
    void undefinedPortsPassThroughWhereThatIsWanted() {
        ServiceSnapshot web = service("web", "10.96.0.1", ready("10.0.0.1"));
        TransportAddress undefined = tcp("10.96.0.1", 81);

        RegistrySnapshot refusing = RegistrySnapshot.of(RegistryConfig.DEFAULT, List.of(web));
        RegistrySnapshot passing = RegistrySnapshot.of(
                new RegistryConfig(ClientLocation.UNKNOWN, List.of(), false, List.of()), List.of(web));

        assertThat(refusing.route(undefined, CLIENT).cause()).isEqualTo(Cause.UNDEFINED_PORT);
        assertThat(passing.route(undefined, CLIENT).cause()).isEqualTo(Cause.NO_SERVICE);
    }

    @Test
    void theAddressOfAServiceThatIsGoneIsNobodysAgain() {
        ServiceRegistry registry = registry(RegistryConfig.DEFAULT);
        ServiceSnapshot web = service("web", "10.96.0.1", ready("10.0.0.1"));
        source.update(web);
        source.remove(web.id());
        assertThat(registry.snapshot().route(tcp("10.96.0.1", 80), CLIENT)).isSameAs(Route.NO_SERVICE);
        assertThat(registry.snapshot().route(tcp("10.96.0.1", 81), CLIENT)).isSameAs(Route.NO_SERVICE);
    }

    @Test
    void aClusterIpThatMovesToAnotherServiceDoesNotDependOnTheOrderOfEvents() {
        ServiceRegistry registry = registry(RegistryConfig.DEFAULT);
        source.update(service("old", "10.96.0.1", ready("10.0.0.1")));
        source.update(service("younger", "10.96.0.1", ready("10.0.0.2")));
        source.update(service("old", "10.96.0.1", ready("10.0.0.3")));
        source.remove(service("old", "10.96.0.1").id());

        assertThat(registry.snapshot().route(tcp("10.96.0.1", 80), CLIENT).service())
                .hasToString("shop/younger");
        assertThat(registry.snapshot().route(tcp("10.96.0.1", 81), CLIENT).cause())
                .isEqualTo(Cause.UNDEFINED_PORT);
    }

    @Test
    void aNodeThatIsKnownToHaveNoZoneLearnsNone() {
        ServiceRegistry registry = registry(config(ClientLocation.onNode("node-a", null)));
        source.update(hinted("near", "10.96.0.1"));
        source.update(service("other", "10.96.0.2", at("10.0.1.1", "node-a", "zone-a")));
        assertThat(selection(registry, "10.96.0.1")).isEqualTo(Selection.EVERY_READY_ZONE_UNKNOWN);
    }

    @Test
    void aBatchIsToldAsTheDifferenceBetweenTwoSnapshots() {
        List<RegistryListener.ServiceChange> told = new ArrayList<>();
        StaticDiscoverySource lateZone = new StaticDiscoverySource(List.of(
                hinted("near", "10.96.0.1"), // decided about, and again once the zone is learned from the next one
                service("other", "10.96.0.2", at("10.0.1.1", "node-a", "zone-a")),
                service("twice", "10.96.0.3", ready("10.0.0.3")),
                service("twice", "10.96.0.3", ready("10.0.0.4"))));
        ServiceRegistry registry = new ServiceRegistry(
                config(ClientLocation.of("node-a", null)),
                lateZone,
                List.of(new RegistryListener() {
                    @Override
                    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
                        told.addAll(changes);
                    }
                }),
                Runnable::run);
        registry.start();

        assertThat(told).hasSize(3).allSatisfy(change -> {
            assertThat(change.before()).isNull();
            ServiceEntry after = Objects.requireNonNull(change.after());
            assertThat(registry.snapshot().service(after.service().id())).isSameAs(after);
        });
    }

    private ServiceRegistry registry(RegistryConfig config) {
        ServiceRegistry registry = new ServiceRegistry(config, source, List.of(), Runnable::run);
        registry.start();
        return registry;
    }

    private static RegistryConfig config(ClientLocation client) {
        return RegistryConfig.DEFAULT.withClient(client);
    }

    private static String owner(RegistrySnapshot snapshot) {
        return Objects.requireNonNull(snapshot.find(tcp(SHARED, 80))).toString();
    }

    private static Selection selection(ServiceRegistry registry, String ip) {
        return Objects.requireNonNull(registry.snapshot().find(tcp(ip, 80))).selection();
    }

    private static ServiceSnapshot external(String name, String clusterIp, String... endpoints) {
        return service(name, spec(clusterIp).build(), ready(endpoints));
    }

    private static ServiceSnapshot local(String name, String clusterIp) {
        return service(
                name,
                spec(clusterIp).internalTrafficPolicy(TrafficPolicy.LOCAL).build(),
                at("10.0.2.1", "node-b", null));
    }

    private static ServiceSpec.Builder spec(String clusterIp) {
        return ServiceSpec.builder()
                .clusterIps(List.of(IpAddress.parse(clusterIp)))
                .ports(List.of(ServicePort.tcp("http", 80)))
                .ingress(List.of(new IngressAddress(IpAddress.parse("198.51.100.1"), true)))
                .externalIps(List.of(IpAddress.parse(SHARED)));
    }

    private static ServiceSnapshot hinted(String name, String clusterIp) {
        return service(name, clusterIp, hintedEndpoint("10.0.0.1", "zone-a"), hintedEndpoint("10.0.0.2", "zone-b"));
    }

    private static Endpoint hintedEndpoint(String ip, String zone) {
        return new Endpoint(
                IpAddress.parse(ip), 8080, EndpointConditions.READY, null, null, Set.of(zone), Set.of(), null);
    }

    private static Endpoint at(String ip, String node, @Nullable String zone) {
        return new Endpoint(IpAddress.parse(ip), 8080, EndpointConditions.READY, zone, node, Set.of(), Set.of(), null);
    }

    private static TransportAddress tcp(String ip, int port) {
        return TransportAddress.tcp(IpAddress.parse(ip), port);
    }
}
