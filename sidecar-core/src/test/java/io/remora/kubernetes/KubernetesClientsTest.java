package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.remora.internal.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesClientsTest {

    private static final Map<String, String> POD =
            Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBERNETES_SERVICE_PORT", "443");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path dir;

    private Config find(ApiAccess access, Map<String, String> environment) {
        return KubernetesClients.configuration(KubernetesConfig.DEFAULT.withAccess(access), environment);
    }

    private ApiAccess account() {
        return new ApiAccess(null, null, null, dir);
    }

    private Path kubeconfig(String name, String server) throws IOException {
        return Files.writeString(dir.resolve(name), """
                apiVersion: v1
                kind: Config
                current-context: one
                contexts:
                - {name: one, context: {cluster: c, user: u}}
                - {name: two, context: {cluster: other, user: u}}
                clusters:
                - {name: c, cluster: {server: "%s"}}
                - {name: other, cluster: {server: "https://other:6443"}}
                users: [{name: u, user: {token: t}}]
                """.formatted(server));
    }

    @Test
    void anAddressNeedsNothingElse() {
        Config config = find(ApiAccess.apiServer(URI.create("http://127.0.0.1:8001")), POD);
        assertThat(config.getMasterUrl()).startsWith("http://127.0.0.1:8001");
        assertThat(config.isHttp2Disable()).isTrue();
    }

    @Test
    void aKubeconfigIsReadInItsCurrentOrTheGivenContext() throws IOException {
        Path file = kubeconfig("config", "https://api:6443");
        Config current = find(ApiAccess.kubeconfig(file), POD);
        assertThat(current.getMasterUrl()).startsWith("https://api:6443");
        assertThat(current.isHttp2Disable()).isFalse();
        assertThat(find(new ApiAccess(null, file, "two", dir), POD).getMasterUrl())
                .startsWith("https://other:6443");
    }

    @Test
    void aServerWithoutASchemeIsRefusedBeforeAnyCredentialIsSent() throws IOException {
        Path file = kubeconfig("plain", "127.0.0.1:18222");
        assertThatThrownBy(() -> find(ApiAccess.kubeconfig(file), POD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("remora.kubernetes.kubeconfig", "https://", "'127.0.0.1:18222'");
    }

    @Test
    void filesOfAKubeconfigAreRelativeToItAndItsTokenFileIsReadAnew() throws IOException {
        Path file = Files.writeString(
                dir.resolve("files"), """
                current-context: one
                contexts: [{name: one, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "https://api:6443", certificate-authority: ca.crt}}]
                users: [{name: u, user: {tokenFile: tok, client-certificate: %s, client-key-data: a2V5}}]
                """.formatted(dir.resolve("c.crt").toAbsolutePath()));
        Files.writeString(dir.resolve("ca.crt"), "ca");
        Files.writeString(dir.resolve("c.crt"), "c");
        Files.writeString(dir.resolve("tok"), "first");
        Config config = find(ApiAccess.kubeconfig(file), Map.of());
        assertThat(config.getCaCertFile()).isEqualTo(dir.resolve("ca.crt").toString());
        assertThat(config.getClientCertFile()).isEqualTo(dir.resolve("c.crt").toString());
        assertThat(config.getClientKeyData()).isEqualTo("a2V5");
        assertThat(config.isTrustCerts()).isFalse();
        assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("first");
        Files.writeString(dir.resolve("tok"), "second");
        assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("second");
    }

    @Test
    void aClientKeyOfAnEllipticCurveIsTaken() throws Exception {
        KeyStore made = TestCertificate.of("dns:client", dir).keys();
        Base64.Encoder base64 = Base64.getEncoder();
        byte[] key = made.getKey("pod", TestCertificate.PASSWORD.toCharArray()).getEncoded();
        Path file = Files.writeString(dir.resolve("curve"), """
                current-context: one
                contexts: [{name: one, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "https://api:6443"}}]
                users: [{name: u, user: {client-certificate-data: %s, client-key-data: %s}}]
                """.formatted(
                        pem(
                                "CERTIFICATE",
                                base64.encodeToString(made.getCertificate("pod").getEncoded())),
                        pem("PRIVATE KEY", base64.encodeToString(key))));

        Config config = find(ApiAccess.kubeconfig(file), Map.of());

        assertThat(config.getClientKeyAlgo()).isEqualTo("EC");
        KubernetesClients.client(config).close();
        try (ApiRequests requests =
                ApiRequests.open(KubernetesConfig.DEFAULT.withAccess(ApiAccess.kubeconfig(file)), Map.of())) {
            assertThat(requests.server()).isEqualTo("https://api:6443");
        }
    }

    @Test
    void credentialsOfNoUseAreToldWithTheServer() throws IOException {
        Path file = Files.writeString(dir.resolve("broken"), """
                current-context: one
                contexts: [{name: one, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "https://api:6443"}}]
                users: [{name: u, user: {client-certificate-data: bm9uZQ==, client-key-data: bm9uZQ==}}]
                """);

        assertThatThrownBy(() ->
                        ApiRequests.open(KubernetesConfig.DEFAULT.withAccess(ApiAccess.kubeconfig(file)), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the credentials for https://api:6443 cannot be used: ");
    }

    /** As a kubeconfig has it: in base64 once more. */
    private static String pem(String kind, String content) {
        String text = "-----BEGIN " + kind + "-----\n" + content + "\n-----END " + kind + "-----\n";
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aCredentialPluginIsRun() throws IOException {
        Path file = Files.writeString(dir.resolve("plugin"), """
                apiVersion: v1
                kind: Config
                current-context: one
                contexts: [{name: one, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "https://api:6443"}}]
                users:
                - name: u
                  user:
                    exec:
                      apiVersion: client.authentication.k8s.io/v1
                      command: sh
                      args: ["-c", "echo '{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"made\\"}}'"]
                      interactiveMode: Never
                """);
        assertThat(find(ApiAccess.kubeconfig(file), Map.of()).getAutoOAuthToken())
                .isEqualTo("made");
    }

    @Test
    void aPodUsesItsServiceAccountAndReadsTheTokenAnew() throws IOException {
        Files.writeString(dir.resolve("token"), "first\n");
        Files.writeString(dir.resolve("ca.crt"), "ca");
        Config config = find(account(), POD);
        assertThat(config.getMasterUrl()).startsWith("https://10.96.0.1:443");
        assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("first");
        Files.writeString(dir.resolve("token"), "second\n");
        assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("second");

        Config v6 = find(account(), Map.of("KUBERNETES_SERVICE_HOST", "fd00::1"));
        assertThat(v6.getMasterUrl()).startsWith("https://[fd00::1]:443");
    }

    @Test
    void outsideOfAPodTheUsersKubeconfigIsUsed() throws IOException {
        Path given = kubeconfig("given", "https://given:6443");
        assertThat(find(account(), Map.of("KUBECONFIG", dir.resolve("missing") + ":" + given))
                        .getMasterUrl())
                .startsWith("https://given:6443");
        Files.createDirectory(dir.resolve(".kube"));
        Files.copy(given, dir.resolve(".kube/config"));
        assertThat(find(account(), Map.of("HOME", dir.toString())).getMasterUrl())
                .startsWith("https://given:6443");
    }

    @Test
    void whatIsWrongIsNamedWithItsSettingAndFix() throws IOException {
        assertThatThrownBy(() -> find(account(), Map.of("HOME", dir.toString())))
                .hasMessageContaining("no Kubernetes API server is known")
                .hasMessageContaining("set remora.kubernetes.kubeconfig or remora.kubernetes.api-server");
        assertThatThrownBy(() -> find(ApiAccess.kubeconfig(dir.resolve("none")), POD))
                .hasMessageContaining("remora.kubernetes.kubeconfig: cannot read the file " + dir.resolve("none"));
        Path broken = Files.writeString(dir.resolve("broken"), "clusters: [}");
        assertThatThrownBy(() -> find(ApiAccess.kubeconfig(broken), POD))
                .hasMessageContaining("remora.kubernetes.kubeconfig")
                .hasMessageContaining(broken.toString());
        Path empty = Files.writeString(dir.resolve("empty"), "apiVersion: v1\nkind: Config\n");
        assertThatThrownBy(() -> find(ApiAccess.kubeconfig(empty), POD))
                .hasMessageContaining("has no current context; set remora.kubernetes.context");
        Path file = kubeconfig("config", "https://api:6443");
        assertThatThrownBy(() -> find(new ApiAccess(null, file, "three", dir), POD))
                .hasMessageContaining("remora.kubernetes.context")
                .hasMessageContaining("has no context 'three'");
        Files.writeString(dir.resolve("token"), "t");
        assertThatThrownBy(() -> find(account(), POD)).hasMessageContaining("remora.kubernetes.service-account");
    }

    @Test
    void filesOfTheServiceAccountThatAreMissingAreAllNamed() throws IOException {
        assertThatThrownBy(() -> find(account(), POD))
                .hasMessageStartingWith("remora.kubernetes.service-account: the token " + dir.resolve("token")
                        + " is missing, the authority's certificate " + dir.resolve("ca.crt") + " is missing; check")
                .hasMessageContaining("automountServiceAccountToken");
        Files.writeString(dir.resolve("token"), "");
        Files.writeString(dir.resolve("ca.crt"), "ca");
        assertThatThrownBy(() -> find(account(), POD))
                .hasMessageContaining("the token " + dir.resolve("token") + " is empty;");
    }

    @Test
    void aPodWithoutATokenMayUseAKubeconfig() throws IOException {
        Path given = kubeconfig("given", "https://given:6443");
        Map<String, String> environment =
                Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBECONFIG", given.toString());
        assertThat(find(account(), environment).getMasterUrl()).startsWith("https://given:6443");
    }

    @Test
    void filesOfAKubeconfigThatAreMissingAreAllNamed() throws IOException {
        Path file = Files.writeString(dir.resolve("files"), """
                current-context: one
                contexts: [{name: one, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "https://api:6443", certificate-authority: ca.crt}}]
                users: [{name: u, user: {tokenFile: tok, client-certificate: gone.crt, client-certificate-data: YQ==}}]
                """);
        assertThatThrownBy(() -> find(ApiAccess.kubeconfig(file), POD))
                .hasMessageStartingWith("remora.kubernetes.kubeconfig: " + file + " names files")
                .hasMessageContaining("certificate-authority " + dir.resolve("ca.crt") + " is missing")
                .hasMessageContaining("tokenFile " + dir.resolve("tok") + " is missing")
                .hasMessageNotContaining("gone.crt");
    }

    @Test
    void everythingThatIsWrongWithASettingIsSaidAtOnce() {
        assertThatThrownBy(() -> KubernetesConfig.DEFAULT.withNamespaces(List.of("Bad_Name", "a", "a")))
                .hasMessageContaining("remora.kubernetes.namespaces: 'Bad_Name'")
                .hasMessageContaining("named twice");
        assertThatThrownBy(() -> new WatchTiming(
                        Duration.ZERO,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(-1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1)))
                .hasMessageContaining("remora.kubernetes.connect-timeout")
                .hasMessageContaining("remora.kubernetes.watch-lifetime must be at least 10 s")
                .hasMessageContaining("remora.kubernetes.watch-silence")
                .hasMessageContaining("remora.kubernetes.max-backoff");
        assertThatThrownBy(() -> new ApiAccess(URI.create("ftp://x"), dir, " ", dir))
                .hasMessageContaining("remora.kubernetes.api-server")
                .hasMessageContaining("exclude each other")
                .hasMessageContaining("remora.kubernetes.context");
    }
}
