package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.discovery.SourceStatus;
import io.remora.internal.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The source against a real API server. */
@Timeout(180)
class RealApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    static Path dir;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static RealApiServer api;

    private final RecordingSink sink = new RecordingSink();

    @BeforeAll
    static void startApi() throws Exception {
        api = RealApiServer.start(dir);
    }

    @AfterAll
    static void stopApi() throws Exception {
        if (api != null) {
            api.close();
        }
    }

    private KubernetesDiscoverySource started(KubernetesConfig config) {
        KubernetesDiscoverySource source =
                new KubernetesDiscoverySource(config, Ticker.SYSTEM, ThreadLocalRandom::current);
        source.start(sink);
        await().atMost(SOON).until(() -> source.status().connected());
        return source;
    }

    private KubernetesConfig through(int port) throws IOException {
        return KubernetesConfig.DEFAULT.withAccess(ApiAccess.kubeconfig(api.kubeconfig(port)));
    }

    private static String service(String name, String namespace) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s}
                spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
                ---
                """.formatted(name, namespace);
    }

    private static String slice(String name, String service, String namespace, String ip, String labels) {
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %s, namespace: %s, labels: {kubernetes.io/service-name: %s%s}}
                addressType: IPv4
                ports: [{name: http, port: 8080}]
                endpoints: [{addresses: [%s], conditions: {ready: true}}]
                ---
                """.formatted(name, namespace, service, labels, ip);
    }

    private String endpointsOf(String service) {
        var snapshot = sink.services().get(service);
        return snapshot == null ? "none" : RecordingSink.endpoints(snapshot);
    }

    @Test
    void allWatchesShareOneConnection() throws Exception {
        try (var source = started(through(api.port())
                .withNamespaces(List.of("default", "kube-system", "kube-public", "kube-node-lease")))) {
            SourceStatus status = source.status();
            assertThat(status.watches()).isEqualTo(8);
            assertThat(status.connections()).isEqualTo(1);
            await().atMost(SOON).until(() -> {
                System.gc(); // the JDK's client closes the connections of one that is gone when it is collected
                return ownConnectionsTo(api.port()) == 1;
            });
            assertThat(source.status().connected()).isTrue();
        }
    }

    @Test
    void objectsOfARealServerAreUnderstood() throws Exception {
        try (var source = started(through(api.port()))) {
            api.apply(service("web", "default")
                    + slice("web-a", "web", "default", "10.1.0.1", "")
                    + slice("web-b", "web", "default", "10.1.0.2", "")
                    + slice("web-h", "web", "default", "10.1.0.3", ", service.kubernetes.io/headless: \"\""));
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(endpointsOf("default/web")).isEqualTo("[10.1.0.1:8080, 10.1.0.2:8080]"));
            api.kubectl("label", "endpointslice", "web-b", "kubernetes.io/service-name=api", "--overwrite");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(endpointsOf("default/web")).isEqualTo("[10.1.0.1:8080]"));
            api.apply(service("api", "default"));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(endpointsOf("default/api")).isEqualTo("[10.1.0.2:8080]"));
            api.kubectl("label", "endpointslice", "web-b", "service.kubernetes.io/headless=");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(endpointsOf("default/api")).isEqualTo("[]"));
            api.kubectl("delete", "service", "web", "api");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(sink.services()).doesNotContainKeys("default/web", "default/api"));
            assertThat(source.status().malformedObjects()).isZero();
        }
    }

    @Test
    void aConnectionWhoseOtherEndIsGoneSilentlyIsReplaced() throws Exception {
        WatchTiming impatient = new WatchTiming(
                Duration.ofSeconds(3),
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                Duration.ofSeconds(3),
                Duration.ofMillis(50),
                Duration.ofSeconds(1));
        try (var forwarder = new BlackholeForwarder(api.port());
                var source = started(through(forwarder.port()).withTiming(impatient))) {
            assertThat(source.status().connected()).isTrue();
            forwarder.swallow();
            int before = forwarder.accepted();
            api.apply(service("late", "default"));
            await().atMost(SOON).untilAsserted(() -> assertThat(sink.services()).containsKey("default/late"));
            assertThat(forwarder.accepted()).isGreaterThan(before);
        }
    }

    @Test
    void aServiceAccountWithTheDocumentedRoleIsEnough() throws Exception {
        api.apply("""
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: remora, namespace: default}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: remora}
                rules:
                - {apiGroups: [""], resources: [services], verbs: [get, list, watch]}
                - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [get, list, watch]}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: remora}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: remora}
                subjects: [{kind: ServiceAccount, name: remora, namespace: default}]
                """);
        Path account = Files.createDirectories(dir.resolve("account"));
        Files.copy(dir.resolve("certs/apiserver.crt"), account.resolve("ca.crt"));
        Files.writeString(account.resolve("token"), api.kubectl("create", "token", "remora"));
        KubernetesConfig config = KubernetesConfig.DEFAULT.withAccess(new ApiAccess(null, null, null, account));
        var client = KubernetesClients.configuration(
                config, Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", "" + api.port()));
        try (var source = new KubernetesDiscoverySource(
                config,
                ThreadLocalRandom::current,
                new ThreadWatchLoop(Ticker.SYSTEM),
                loop -> new HttpApiTransport(client.getMasterUrl(), () -> KubernetesClients.client(client), loop))) {
            source.start(sink);
            await().atMost(SOON)
                    .until(() -> source.status().connected() && source.status().synced());
            assertThat(sink.services()).containsKey("default/kubernetes");
        }
    }

    @Test
    void restartsWithAndWithoutStateAreFollowed() throws Exception {
        try (var source = started(through(api.port()))) {
            api.apply(service("keep", "default") + slice("keep-a", "keep", "default", "10.1.0.1", ""));
            for (int i = 0; i < 50; i++) { // so that the versions of an empty server are far below
                api.kubectl("label", "service", "keep", "i=" + i, "--overwrite");
            }
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(endpointsOf("default/keep")).isEqualTo("[10.1.0.1:8080]"));
            sink.take();

            api.down();
            await().atMost(SOON).until(() -> !source.status().connected());
            api.up();
            await().atMost(SOON).until(() -> source.status().connected());
            assertThat(String.join(" ", sink.take())).doesNotContain("default/keep");

            api.down();
            await().atMost(SOON).until(() -> !source.status().connected());
            api.forget();
            api.up();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(sink.services()).containsOnlyKeys("default/kubernetes"));
            api.apply(service("next", "default"));
            await().atMost(SOON).untilAsserted(() -> assertThat(sink.services()).containsKey("default/next"));
        }
    }

    /** Counts the established connections of this process to a port, as the kernel tells them. */
    private static int ownConnectionsTo(int port) throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    inodes.add(target.replaceAll("socket:\\[(\\d+)]", "$1"));
                }
            }
        }
        String wanted = String.format(Locale.ROOT, ":%04X", port);
        int found = 0;
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields[2].endsWith(wanted) && fields[3].equals("01") && inodes.contains(fields[9])) {
                    found++;
                }
            }
        }
        return found;
    }
}
