package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import io.remora.registry.Route;
import io.remora.registry.ServiceRegistry;
import io.remora.registry.ServiceRegistry.LookUp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scope {@code on-demand} against a real API server, through the registry, as the relay asks. */
@Timeout(180)
class OnDemandIT {

    private static final Duration SOON = Duration.ofSeconds(15);
    private static final IpAddress CLIENT = IpAddress.parse("10.244.9.9");
    private static final OnDemandConfig SETTINGS = OnDemandConfig.DEFAULT.withUnknownAddressTtl(Duration.ofSeconds(1));

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    static Path dir;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static RealApiServer api;

    private @Nullable ServiceRegistry registry;

    @BeforeAll
    static void startApi() throws Exception {
        api = RealApiServer.start(dir);
    }

    @AfterAll
    static void stopApi() {
        if (api != null) {
            api.close();
        }
    }

    @AfterEach
    void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    private ServiceRegistry start(OnDemandConfig onDemand, Path kubeconfig) {
        KubernetesConfig config = KubernetesConfig.DEFAULT
                .withScope(WatchScope.ON_DEMAND)
                .withOnDemand(onDemand)
                .withAccess(ApiAccess.kubeconfig(kubeconfig));
        var source = new KubernetesDiscoverySource(config, Ticker.SYSTEM, ThreadLocalRandom::current);
        ServiceRegistry made = new ServiceRegistry(source, List.of(), Runnable::run);
        registry = made;
        made.start();
        await().atMost(SOON).until(() -> made.snapshot().synced());
        return made;
    }

    private ServiceRegistry start() throws Exception {
        return start(SETTINGS, api.kubeconfig(api.port()));
    }

    private static Route dial(ServiceRegistry registry, String ip) throws Exception {
        try (LookUp<Route> lookUp = registry.lookUp(TransportAddress.tcp(IpAddress.parse(ip), 80), CLIENT)) {
            return lookUp.result().toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static String leadsTo(Route route) {
        var destination = route.destination();
        return destination == null ? "nothing" : destination.id().service() + " " + destination.eligible();
    }

    private static void service(String name, String clusterIps) throws Exception {
        api.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: %s}
                spec:
                  ipFamilyPolicy: PreferDualStack
                  clusterIP: %s
                  clusterIPs: [%s]
                  ports: [{name: http, port: 80, targetPort: 8080}]
                """.formatted(name, clusterIps.split(",", -1)[0], clusterIps));
    }

    private static void slice(String name, String service, String family, String ip) throws Exception {
        api.apply("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %s, labels: {kubernetes.io/service-name: %s}}
                addressType: %s
                ports: [{name: http, port: 8080}]
                endpoints: [{addresses: ["%s"], conditions: {ready: true}}]
                """.formatted(name, service, family, ip));
    }

    @Test
    void addressesOfBothFamiliesLeadToTheirServiceAndItAloneIsWatched() throws Exception {
        service("dual", "10.96.1.1,\"fd00:96::101\"");
        slice("dual-4", "dual", "IPv4", "10.1.1.1");
        slice("dual-6", "dual", "IPv6", "fd00:10::1");
        service("other", "10.96.1.2");
        ServiceRegistry registry = start();
        assertThat(registry.status().watches()).isZero();

        assertThat(leadsTo(dial(registry, "fd00:96::101"))).isEqualTo("default/dual [[fd00:10::1]:8080]");
        assertThat(leadsTo(dial(registry, "10.96.1.1"))).isEqualTo("default/dual [10.1.1.1:8080]");
        assertThat(registry.snapshot().serviceCount()).isEqualTo(1);
        assertThat(registry.status().watches()).isEqualTo(2);
        assertThat(registry.status().connections()).isEqualTo(1);

        slice("dual-4b", "dual", "IPv4", "10.1.1.2");
        await().atMost(SOON)
                .until(() ->
                        leadsTo(dial(registry, "10.96.1.1")).equals("default/dual [10.1.1.1:8080, 10.1.1.2:8080]"));
        assertThat(registry.status().connected()).isTrue();
    }

    @Test
    void fiftyFirstConnectionsAtOnceAskOnce() throws Exception {
        service("busy", "10.96.2.1");
        slice("busy-4", "busy", "IPv4", "10.1.2.1");
        ServiceRegistry registry = start();
        long before = ipAddressGets();
        List<LookUp<Route>> lookUps = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            lookUps.add(registry.lookUp(TransportAddress.tcp(IpAddress.parse("10.96.2.1"), 80), CLIENT));
        }
        for (LookUp<Route> lookUp : lookUps) {
            Route route = lookUp.result().toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(leadsTo(route)).isEqualTo("default/busy [10.1.2.1:8080]");
            lookUp.close();
        }
        assertThat(ipAddressGets() - before).isEqualTo(1);
        assertThat(registry.status().watches()).isEqualTo(2);
    }

    /** How many single IPAddresses the API server was asked for, by its own count. */
    private static long ipAddressGets() throws Exception {
        return api.kubectl("get", "--raw", "/metrics")
                .lines()
                .filter(line -> line.startsWith("apiserver_request_total{")
                        && line.contains("resource=\"ipaddresses\"")
                        && line.contains("scope=\"resource\"")
                        && line.contains("verb=\"GET\""))
                .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))))
                .sum();
    }

    @Test
    void aServiceMadeAnewUnderItsNameIsFoundAtItsNewAddress() throws Exception {
        service("moved", "10.96.3.1");
        slice("moved-a", "moved", "IPv4", "10.1.3.1");
        ServiceRegistry registry = start();
        assertThat(leadsTo(dial(registry, "10.96.3.1"))).isEqualTo("default/moved [10.1.3.1:8080]");

        api.kubectl("delete", "service", "moved");
        await().atMost(SOON).until(() -> registry.status().watches() == 0);
        assertThat(registry.snapshot().serviceCount()).isZero();
        service("moved", "10.96.3.2");
        slice("moved-a", "moved", "IPv4", "10.1.3.2");

        assertThat(leadsTo(dial(registry, "10.96.3.2"))).isEqualTo("default/moved [10.1.3.2:8080]");
        assertThat(leadsTo(dial(registry, "10.96.3.1"))).isEqualTo("nothing");
    }

    @Test
    void anAddressThatBecomesAServiceIsFoundOnceItIsForgotten() throws Exception {
        ServiceRegistry registry = start();
        assertThat(leadsTo(dial(registry, "10.96.4.1"))).isEqualTo("nothing");
        assertThat(registry.status().watches()).isZero();
        service("late", "10.96.4.1");
        slice("late-a", "late", "IPv4", "10.1.4.1");
        await().atMost(SOON).until(() -> leadsTo(dial(registry, "10.96.4.1")).equals("default/late [10.1.4.1:8080]"));
    }

    @Test
    void aServiceThatIsNotUsedIsDroppedAndComesBack() throws Exception {
        service("rare", "10.96.5.1");
        slice("rare-a", "rare", "IPv4", "10.1.5.1");
        ServiceRegistry registry = start(SETTINGS.withIdle(Duration.ofSeconds(1)), api.kubeconfig(api.port()));
        dial(registry, "10.96.5.1");
        assertThat(registry.snapshot().serviceCount()).isEqualTo(1);
        await().atMost(SOON).until(() -> registry.snapshot().serviceCount() == 0);
        assertThat(registry.status().watches()).isZero();
        assertThat(registry.status().connected()).isTrue();
        assertThat(leadsTo(dial(registry, "10.96.5.1"))).isEqualTo("default/rare [10.1.5.1:8080]");
    }

    @Test
    void withTheDocumentedRightsAloneEverythingIsFound() throws Exception {
        service("granted", "10.96.6.1,\"fd00:96::601\"");
        slice("granted-6", "granted", "IPv6", "fd00:10::6");
        grant("{apiGroups: [''], resources: [services], verbs: [get, list, watch]},"
                + "{apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [get, list, watch]},"
                + "{apiGroups: [networking.k8s.io], resources: [ipaddresses], verbs: [get]}");
        ServiceRegistry registry = start(SETTINGS, api.agentKubeconfig(api.port()));
        assertThat(leadsTo(dial(registry, "fd00:96::601"))).isEqualTo("default/granted [[fd00:10::6]:8080]");
        assertThat(registry.status().problem()).isNull();
    }

    @Test
    void withoutTheRightToReadIpAddressesTheFirstFamilyIsFound() throws Exception {
        service("partly", "10.96.7.1,\"fd00:96::701\"");
        slice("partly-4", "partly", "IPv4", "10.1.7.1");
        grant("{apiGroups: [''], resources: [services], verbs: [get, list, watch]},"
                + "{apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [get, list, watch]}");
        ServiceRegistry registry = start(SETTINGS, api.agentKubeconfig(api.port()));
        assertThat(leadsTo(dial(registry, "fd00:96::701")))
                .as("the second family")
                .isEqualTo("nothing");
        assertThat(leadsTo(dial(registry, "10.96.7.1"))).isEqualTo("default/partly [10.1.7.1:8080]");
        assertThat(dial(registry, "fd00:96::701").service())
                .as("known by its Service now")
                .hasToString("default/partly");
    }

    @Test
    void withoutAnyRightAConnectionIsPassedThroughAtOnce() throws Exception {
        service("closed", "10.96.8.1");
        api.kubectl("delete", "clusterrolebinding", "agent", "--ignore-not-found");
        awaitRights(false, false);
        ServiceRegistry registry = start(SETTINGS, api.agentKubeconfig(api.port()));
        assertThat(leadsTo(dial(registry, "10.96.8.1"))).isEqualTo("nothing");
        assertThat(registry.status().problem()).contains("grant get on ipaddresses");
    }

    private static void grant(String rules) throws Exception {
        api.apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: agent}
                rules: [%s]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: agent}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: agent}
                subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: agent}]
                """.formatted(rules));
        awaitRights(true, rules.contains("ipaddresses"));
    }

    /** The API server hears of a change of rights a moment later. */
    private static void awaitRights(boolean services, boolean ipAddresses) {
        await().atMost(SOON)
                .until(() -> agentMay("list", "services") == services
                        && agentMay("get", "ipaddresses.networking.k8s.io") == ipAddresses);
    }

    private static boolean agentMay(String verb, String resource) throws Exception {
        return api.tryKubectl("auth", "can-i", verb, resource, "--as=agent", "--all-namespaces") != null;
    }

    @Test
    void moreServicesThanOneConnectionCarriesAreSpreadOverTwo() throws Exception {
        StringBuilder many = new StringBuilder();
        int count = 60;
        for (int i = 0; i < count; i++) {
            many.append("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: many-%1$d}
                    spec: {clusterIP: 10.96.9.%2$d, ports: [{name: http, port: 80}]}
                    ---
                    """.formatted(i, i + 1));
        }
        api.apply(many.toString());
        ServiceRegistry registry = start();
        List<LookUp<Route>> lookUps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lookUps.add(registry.lookUp(TransportAddress.tcp(IpAddress.parse("10.96.9." + (i + 1)), 80), CLIENT));
        }
        for (LookUp<Route> lookUp : lookUps) {
            Route route = lookUp.result().toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(leadsTo(route)).startsWith("default/many-");
            lookUp.close();
        }
        await().atMost(SOON).until(() -> registry.status().connected());
        assertThat(registry.status().watches()).isEqualTo(2 * count);
        assertThat(registry.status().connections()).isEqualTo(2);
        assertThat(registry.status().problem()).isNull();
    }
}
