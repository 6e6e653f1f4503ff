package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.remora.discovery.SourceStatus;
import io.remora.internal.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The source over real HTTP against an API server that misbehaves on purpose. */
@Timeout(60)
class KubernetesDiscoverySourceIT {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String PASSWORD = "for-tests-only";

    private final ScriptedApiServer api = ScriptedApiServer.started();
    private final RecordingSink sink = new RecordingSink();
    private final KubernetesConfig config = KubernetesConfig.DEFAULT.withAccess(ApiAccess.apiServer(api.address()));

    private KubernetesDiscoverySource source =
            new KubernetesDiscoverySource(config, Ticker.SYSTEM, ThreadLocalRandom::current);

    @AfterEach
    void stop() {
        source.close();
        api.close();
    }

    private void service(String name, String clusterIp) {
        api.put(FakeApi.SERVICES, name, ApiObjects.service(name, 0, clusterIp).replace("\"0\"", "\"VERSION\""));
    }

    private void slice(String name, String service, String... ips) {
        api.put(
                FakeApi.SLICES,
                name,
                ApiObjects.slice(name, 0, service, ips)
                        .replace("\"resourceVersion\":\"0\"", "\"resourceVersion\":\"VERSION\""));
    }

    private void startSynced() {
        service("web", "10.96.0.1");
        slice("web-a", "web", "10.1.0.1", "10.1.0.2");
        source.start(sink);
        await().atMost(SOON).until(() -> source.status().connected() && api.watchCount() == 2);
        assertThat(sink.take()).containsExactly("+default/web[10.1.0.1:8080, 10.1.0.2:8080] synced");
    }

    private void untilTold(String... batches) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(sink.batches())
                        .as("%s", source.status())
                        .hasSizeGreaterThanOrEqualTo(batches.length));
        assertThat(sink.take()).containsExactly(batches);
    }

    @Test
    void changesArriveAndStatusIsFresh() {
        startSynced();
        slice("web-b", "web", "10.1.0.3");
        untilTold("+default/web[10.1.0.1:8080, 10.1.0.2:8080, 10.1.0.3:8080]");
        api.delete(FakeApi.SLICES, "web-a");
        untilTold("+default/web[10.1.0.3:8080]");
        api.delete(FakeApi.SERVICES, "web");
        untilTold("-default/web");
        SourceStatus status = source.status();
        assertThat(status.watches()).isEqualTo(2);
        assertThat(status.connections()).as("without HTTP/2").isEqualTo(2);
        assertThat(status.problem()).isNull();
    }

    @Test
    void aServerThatIsNotThereYetIsFoundWhenItComes() {
        api.stop();
        source.start(sink);
        await().atMost(SOON)
                .until(() -> String.valueOf(source.status().problem())
                        .contains("cannot list services: connection refused by " + api.address()));
        service("web", "10.96.0.1");
        api.refuse(500, 503, 429);
        api.start();
        untilTold("+default/web[] synced");
        await().atMost(SOON).until(() -> source.status().connected());
    }

    @Test
    void goneAsAStatusAndAsAnEventAreFollowedByAList() {
        startSynced();
        api.bookmark();
        api.refuseWatches(410);
        api.endWatches();
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(lists()).as("%s", api.requests()).isEqualTo(1));
        await().atMost(SOON).until(() -> source.status().connected());
        api.bookmark();
        api.send(FakeApi.SLICES, ApiObjects.error(410));
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(lists()).as("%s", api.requests()).isEqualTo(2));
        slice("web-a", "web", "10.1.0.9");
        untilTold("+default/web[10.1.0.9:8080]");
    }

    /** Counts the full lists after the first ones. */
    private long lists() {
        return api.requests().stream().filter(r -> r.contains("limit=0")).count();
    }

    @Test
    void bookmarksKeepTheAgeLow() {
        startSynced();
        await().atMost(SOON).until(() -> ageMillis() > 600);
        api.bookmark();
        await().atMost(SOON).until(() -> ageMillis() < 500);
        assertThat(sink.take()).isEmpty();
    }

    private long ageMillis() {
        Duration age = source.status().age();
        return age == null ? -1 : age.toMillis();
    }

    @Test
    void aServerThatComesBackWithItsStateChangesNothing() {
        startSynced();
        api.stop();
        await().atMost(SOON).until(() -> !source.status().connected());
        assertThat(sink.services()).containsOnlyKeys("default/web");
        api.start();
        await().atMost(SOON).until(() -> source.status().connected());
        assertThat(sink.take()).isEmpty();
        slice("web-a", "web", "10.1.0.7");
        untilTold("+default/web[10.1.0.7:8080]");
    }

    @Test
    void aServerThatComesBackEmptyIsTakenOverWithinTenSeconds() {
        startSynced();
        api.stop();
        await().atMost(SOON).until(() -> !source.status().connected());
        api.forget();
        service("other", "10.96.0.5");
        api.start();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(sink.services()).containsOnlyKeys("default/other"));
        await().atMost(SOON).until(() -> source.status().connected());
        slice("other-a", "other", "10.1.0.4");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(RecordingSink.endpoints(
                                sink.services().values().iterator().next()))
                        .isEqualTo("[10.1.0.4:8080]"));
    }

    @Test
    void anObjectThatIsNoValidJsonHarmsNoOther() {
        api.put(FakeApi.SERVICES, "bad", "{\"metadata\":{\"name\":\"bad\",,},\"spec\":{}}");
        startSynced();
        api.send(FakeApi.SERVICES, "{\"type\":\"ADDED\",\"object\":{{}}}\n");
        service("next", "10.96.0.2");
        untilTold("+default/next[]");
        assertThat(source.status().malformedObjects()).isEqualTo(1);
    }

    @Test
    void aWatchThatFallsSilentIsReplaced() {
        WatchTiming impatient = new WatchTiming(
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                Duration.ofMinutes(10),
                Duration.ofMillis(700),
                Duration.ofMillis(50),
                Duration.ofSeconds(1));
        source = new KubernetesDiscoverySource(config.withTiming(impatient), Ticker.SYSTEM, ThreadLocalRandom::current);
        startSynced();
        await().atMost(SOON)
                .until(() -> api.requests().stream()
                                .filter(r -> r.contains("watch=true"))
                                .count()
                        > 4);
        slice("web-a", "web", "10.1.0.9");
        untilTold("+default/web[10.1.0.9:8080]");
    }

    @Test
    void theServiceAccountsTokenIsReadAnewWhenItWasRotated(@TempDir Path dir) throws Exception {
        Path keys = keyPair(dir);
        Path token = dir.resolve("token");
        Files.writeString(token, "first\n");
        try (ScriptedApiServer secure = new ScriptedApiServer(address -> secure(address, keys))) {
            secure.start();
            secure.demandToken("first");
            KubernetesConfig inCluster = KubernetesConfig.DEFAULT.withAccess(new ApiAccess(null, null, null, dir));
            var client = KubernetesClients.configuration(
                    inCluster,
                    Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", "" + secure.port()));
            source = new KubernetesDiscoverySource(
                    inCluster,
                    ThreadLocalRandom::current,
                    new ThreadWatchLoop(Ticker.SYSTEM),
                    loop -> new HttpApiTransport(client.getMasterUrl(), () -> KubernetesClients.client(client), loop));
            secure.put(FakeApi.SERVICES, "web", ApiObjects.service("web", 5, "10.96.0.1"));
            source.start(sink);
            untilTold("+default/web[] synced");
            await().atMost(SOON).until(() -> secure.watchCount() == 2);
            assertThat(source.status().connections()).as("TLS without HTTP/2").isEqualTo(2);

            secure.demandToken("second");
            secure.endWatches();
            await().atMost(SOON)
                    .until(() -> String.valueOf(source.status().problem()).contains("401"));
            Files.writeString(token, "second\n");
            await().atMost(SOON).until(() -> source.status().connected());
            secure.put(FakeApi.SERVICES, "next", ApiObjects.service("next", 6, "10.96.0.2"));
            untilTold("+default/next[]");
        }
    }

    @Test
    void whatIsWrongWithTheCertificateIsTold(@TempDir Path dir) throws Exception {
        Path theirs = Files.createDirectory(dir.resolve("theirs"));
        Path others = Files.createDirectory(dir.resolve("others"));
        Path keys = keyPair(theirs);
        keyPair(others);
        Files.writeString(theirs.resolve("token"), "t");
        Files.writeString(others.resolve("token"), "t");
        try (ScriptedApiServer secure = new ScriptedApiServer(address -> secure(address, keys))) {
            secure.start();
            assertThat(problemOf("127.0.0.1", secure.port(), others))
                    .contains("the certificate of https://127.0.0.1:" + secure.port() + " is not trusted");
            assertThat(problemOf("localhost", secure.port(), theirs))
                    .contains("the certificate of https://localhost:" + secure.port() + " is not for that host");
        }
        assertThat(problemOf("127.0.0.1", api.port(), theirs))
                .as("accepts, and says nothing of TLS")
                .contains("no connection to https://127.0.0.1:" + api.port() + " in time");
    }

    private static String problemOf(String host, int port, Path account) {
        KubernetesConfig inCluster = KubernetesConfig.DEFAULT.withAccess(new ApiAccess(null, null, null, account));
        var client = KubernetesClients.configuration(
                inCluster, Map.of("KUBERNETES_SERVICE_HOST", host, "KUBERNETES_SERVICE_PORT", "" + port));
        try (var refused = new KubernetesDiscoverySource(
                inCluster,
                ThreadLocalRandom::current,
                new ThreadWatchLoop(Ticker.SYSTEM),
                loop -> new HttpApiTransport(client.getMasterUrl(), () -> KubernetesClients.client(client), loop))) {
            refused.start(new RecordingSink());
            return await().atMost(SOON)
                    .until(
                            () -> String.valueOf(refused.status().problem()),
                            problem -> problem.contains("cannot list services: "));
        }
    }

    private static Path keyPair(Path dir) throws IOException, InterruptedException {
        Path store = dir.resolve("keys.p12");
        keytool(
                List.of("-genkeypair", "-alias", "api", "-keyalg", "EC", "-dname", "CN=test", "-validity", "2"),
                List.of("-ext", "san=ip:127.0.0.1", "-ext", "bc=ca:true", "-keystore", store.toString()));
        keytool(
                List.of("-exportcert", "-rfc", "-alias", "api"),
                List.of(
                        "-keystore",
                        store.toString(),
                        "-file",
                        dir.resolve("ca.crt").toString()));
        return store;
    }

    private static void keytool(List<String> command, List<String> options) throws IOException, InterruptedException {
        List<String> all = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        all.addAll(command);
        all.addAll(options);
        all.addAll(List.of("-storepass", PASSWORD, "-storetype", "PKCS12"));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    private static HttpServer secure(InetSocketAddress address, Path store) {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            HttpsServer server = HttpsServer.create(address, 0);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
