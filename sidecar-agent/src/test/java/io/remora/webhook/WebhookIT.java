package io.remora.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.kubernetes.RealApiServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The program as it is shipped, asked by a real API server, from its start to its end. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WebhookIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static RealApiServer server;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static TestCertificate used;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Process webhook;

    private static int port;

    @BeforeAll
    static void start() throws Exception {
        server = RealApiServer.start(folder);
        TestCertificate first = TestCertificate.make(folder, "first");
        used = new TestCertificate(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        first.replace(used);
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        webhook = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-jar",
                        Path.of("target", "remora.jar").toString(),
                        "webhook",
                        "--port=" + port,
                        "--tls-certificate=" + used.certificate(),
                        "--tls-key=" + used.key(),
                        "--service-cidr=10.96.0.0/16",
                        "--agent-image=agent:1",
                        "--shutdown-delay=100ms",
                        "--set=policy=random")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("webhook.log").toFile())
                .start();
        Awaitility.await().atMost(LIMIT).until(() -> log().contains("webhook ready"));
        for (String namespace : List.of("shop", "plain")) {
            server.apply("""
                    {apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {remora.io/inject: "%s"}}}
                    """.formatted(namespace, namespace.equals("shop") ? "enabled" : "no"));
            server.apply("""
                    {apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: %s}}
                    """.formatted(namespace));
        }
        configure(first);
        // The API server reads its configuration a moment after it was written.
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(init(create("shop", "probe-", "", "", true))).contains("remora"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (webhook != null) {
            webhook.destroyForcibly().onExit().get(10, TimeUnit.SECONDS);
        }
        if (server != null) {
            server.close();
        }
    }

    private static void configure(TestCertificate trusted) throws Exception {
        server.apply("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingWebhookConfiguration
                metadata: {name: remora}
                webhooks:
                  - name: inject.remora.io
                    clientConfig: {url: "https://127.0.0.1:%d/inject", caBundle: %s}
                    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods], scope: Namespaced}]
                    namespaceSelector: {matchLabels: {remora.io/inject: enabled}}
                    objectSelector: {matchExpressions: [{key: remora.io/inject, operator: NotIn, values: [disabled]}]}
                    admissionReviewVersions: [v1]
                    sideEffects: None
                    failurePolicy: Ignore
                    reinvocationPolicy: IfNeeded
                    timeoutSeconds: 5
                """.formatted(port, trusted.base64()));
    }

    private static JsonNode create(String namespace, String name, String labels, String spec, boolean dryRun)
            throws Exception {
        Path file = Files.writeString(
                Files.createTempFile(folder, "pod", ".yaml"), """
                apiVersion: v1
                kind: Pod
                metadata: {generateName: %s, namespace: %s, labels: {app: a%s}}
                spec: {%s containers: [{name: app, image: busybox}]}
                """.formatted(name, namespace, labels, spec));
        return JSON.readTree(server.kubectl(
                "create", "-o", "json", "--dry-run=" + (dryRun ? "server" : "none"), "-f", file.toString()));
    }

    private static List<String> init(JsonNode pod) {
        return pod.at("/spec/initContainers")
                .valueStream()
                .map(each -> each.path("name").asString())
                .toList();
    }

    private static String log() throws IOException {
        return Files.readString(folder.resolve("webhook.log"));
    }

    @Test
    @Order(1)
    void aPodOfALabelledNamespaceIsInjected() throws Exception {
        JsonNode pod = create("shop", "web-", "", "", false);
        assertThat(init(pod)).containsExactly("remora-init", "remora");
        JsonNode agent = pod.at("/spec/initContainers/1");
        assertThat(agent.path("image").asString()).isEqualTo("agent:1");
        assertThat(agent.path("env").toString()).contains("REMORA_POLICY");
        // The agent too has the token that the API server gives to the containers of a pod.
        assertThat(agent.path("volumeMounts").toString()).contains("/var/run/secrets/kubernetes.io/serviceaccount");
        assertThat(pod.at("/metadata/annotations/remora.io~1injected").isMissingNode())
                .isFalse();
        assertThat(log()).contains("pod injected", "namespace=shop");
    }

    @Test
    @Order(2)
    void othersAreNot() throws Exception {
        assertThat(init(create("plain", "web-", "", "", false))).isEmpty();
        assertThat(init(create("shop", "web-", ", remora.io/inject: disabled", "", false)))
                .isEmpty();
        assertThat(init(create("shop", "host-", "", "hostNetwork: true,", false)))
                .isEmpty();
        assertThat(Files.readString(folder.resolve("kubectl.log")))
                .contains("Warning: created without Remora: pod/host-");
    }

    @Test
    @Order(3)
    void theCertificateIsReplaced() throws Exception {
        TestCertificate next = TestCertificate.make(folder, "next");
        Files.writeString(used.certificate(), "of no use");
        Awaitility.await().atMost(LIMIT).until(() -> log().contains("the old pair stays"));
        assertThat(init(create("shop", "web-", "", "", true))).contains("remora");

        next.replace(used);
        Awaitility.await().atMost(LIMIT).until(() -> log().contains("new certificate in use"));
        configure(next); // as cert-manager's injector changes the caBundle
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(init(create("shop", "web-", "", "", true))).contains("remora"));
    }

    @Test
    @Order(4)
    void withoutTheWebhookPodsAreCreatedWithoutRemora() throws Exception {
        webhook.destroy();
        assertThat(webhook.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(log()).contains("asked to end", "webhook ended");
        assertThat(init(create("shop", "web-", "", "", false))).isEmpty();
    }
}
