package io.remora.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.client.ServiceNames;
import io.remora.config.ConfigReader;
import io.remora.config.RemoraConfig;
import io.remora.config.SettingSources;
import io.remora.discovery.StaticDiscoverySource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        return SharedRemora.inNamespace(loaded, "shop").kubernetes().namespaces();
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
