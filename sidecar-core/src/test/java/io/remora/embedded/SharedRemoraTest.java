package io.remora.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.client.ServiceNames;
import io.remora.config.ConfigReader;
import io.remora.config.RemoraConfig;
import io.remora.config.SettingSources;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.metrics.Meters;
import io.remora.registry.Services;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedRemoraTest {

    private final List<Remora> made = new ArrayList<>();
    private final SharedRemora shared = new SharedRemora(this::make);

    @TempDir
    private Path folder;

    private Remora make() {
        Remora remora = Remora.builder(
                        RemoraConfig.DEFAULT,
                        new ServiceNames("shop", "cluster.local"),
                        new StaticDiscoverySource(List.of()))
                .build();
        made.add(remora);
        return remora;
    }

    @AfterEach
    void close() {
        made.forEach(Remora::close);
    }

    @Test
    void makesItsOwnOnceAndAtFirstUse() {
        assertThat(made).isEmpty();

        Remora own = shared.current();

        assertThat(shared.current()).isSameAs(own);
        assertThat(made).containsExactly(own);
    }

    @Test
    void theLastOneInstalledIsUsedUntilItIsTakenBack() {
        Remora first = make();
        Remora second = make();
        SharedRemora.Installation firstIn = shared.put(first);
        SharedRemora.Installation secondIn = shared.put(second);
        assertThat(shared.current()).isSameAs(second);

        firstIn.close();
        assertThat(shared.current()).isSameAs(second);
        secondIn.close();
        secondIn.close();

        assertThat(shared.current()).isNotIn(first, second);
    }

    @Test
    void triesAgainAfterItCouldNotBeMade() {
        List<String> problems = new ArrayList<>(List.of("no API server"));
        SharedRemora failing = new SharedRemora(() -> {
            if (!problems.isEmpty()) {
                throw new IllegalStateException(problems.remove(0));
            }
            return make();
        });

        assertThatThrownBy(failing::current).hasMessage("no API server");
        assertThat(failing.current()).isSameAs(made.get(0));
    }

    @Test
    void watchesItsOwnNamespaceUnlessItIsToldWhat() {
        assertThat(namespaces(Map.of())).containsExactly("shop");
        assertThat(namespaces(Map.of("remora.kubernetes.namespaces", "a,b"))).containsExactly("a", "b");
        assertThat(namespaces(Map.of("remora.kubernetes.scope", "all"))).isEmpty();
        assertThat(namespaces(Map.of("remora.kubernetes.scope", "on-demand"))).isEmpty();
    }

    private static List<String> namespaces(Map<String, String> properties) {
        ConfigReader.Loaded loaded = ConfigReader.read(new SettingSources(Map.of(), Map.of(), properties));
        return loaded.inNamespace("shop").kubernetes().namespaces();
    }

    @Test
    void feedsMicrometersGlobalRegistry() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Metrics.addRegistry(meters);
        try {
            Remora.Builder builder = Remora.builder(
                    RemoraConfig.DEFAULT,
                    new ServiceNames("shop", "cluster.local"),
                    new StaticDiscoverySource(List.of(
                            Services.service("stock", "10.96.0.20", Services.ready("10.244.0.1", "10.244.0.2")))));
            assertThat(GlobalMeters.isPossible()).isTrue();
            GlobalMeters.join(builder);
            Remora remora = builder.build();
            made.add(remora);
            remora.start();
            DestinationBalancer stock = remora.requests()
                    .lookUp("stock", 80)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .orElseThrow();
            remora.requests().begin(stock, name -> null).end(Outcome.SUCCESS);

            assertThat(meters.get(Meters.SERVICES.meterName()).gauge().value()).isEqualTo(1);
            assertThat(meters.get(Meters.REQUESTS.meterName())
                            .tag(Meters.TAG_SERVICE, "stock")
                            .counters())
                    .anySatisfy(counter -> assertThat(counter.count()).isEqualTo(1));
        } finally {
            Metrics.globalRegistry.clear();
            Metrics.removeRegistry(meters);
        }
    }

    @Test
    void startsByTheSettingsOfTheProcess() throws Exception {
        Path kubeconfig = folder.resolve("config");
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                current-context: here
                contexts: [{name: here, context: {cluster: here, user: me, namespace: stock}}]
                clusters: [{name: here, cluster: {server: 'http://127.0.0.1:1'}}]
                users: [{name: me, user: {}}]
                """);

        Remora remora = SharedRemora.start(
                new SettingSources(Map.of(), Map.of("REMORA_KUBERNETES_KUBECONFIG", kubeconfig.toString()), Map.of()),
                Map.of());
        made.add(remora);

        assertThat(Metrics.globalRegistry
                        .find(Meters.WATCH_CONNECTED.meterName())
                        .gauge())
                .isNotNull();
        Metrics.globalRegistry.clear();
        assertThat(remora.config().kubernetes().namespaces()).containsExactly("stock");
        assertThat(remora.requests().names().namespace()).isEqualTo("stock");
    }

    @Test
    void saysWhichSettingIsWrong() {
        assertThatThrownBy(() -> SharedRemora.start(
                        new SettingSources(Map.of(), Map.of("REMORA_POLICY", "fastest"), Map.of()), Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Remora's settings are wrong")
                .hasMessageContaining("REMORA_POLICY");
        String missing = folder.resolve("none").toString();
        assertThatThrownBy(() -> SharedRemora.start(
                        new SettingSources(Map.of(), Map.of("REMORA_KUBERNETES_KUBECONFIG", missing), Map.of()),
                        Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("finds no API server")
                .hasMessageContaining("remora.kubernetes.kubeconfig")
                .hasMessageContaining(missing);
    }
}
