package io.remora.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.install.RealCluster;
import io.remora.lab.api.AgentAccount;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The shipped program against a real API server. */
@Timeout(240)
class CheckIT {

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static RealCluster cluster;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        cluster = RealCluster.start();
        for (String namespace : List.of("shop", "strict")) {
            cluster.kubectl("create", "namespace", namespace);
            cluster.kubectl("-n", namespace, "create", "serviceaccount", "default");
        }
        cluster.kubectl(
                "label",
                "namespace",
                "strict",
                "pod-security.kubernetes.io/enforce=baseline",
                "istio-injection=enabled");
        cluster.grantToShop();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private record Ended(int status, Map<String, String> findings) {}

    /** Runs the jar; returns what it found, the worst of each check. */
    private static Ended check(Path kubeconfig, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "remora.jar").toString(),
                "check",
                "-o",
                "json",
                "--kubeconfig",
                kubeconfig.toString()));
        command.addAll(List.of(args));
        Path out = Files.createTempFile(folder, "check", ".json");
        Path err = Files.createTempFile(folder, "check", ".err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(err, StandardCharsets.UTF_8)).isEmpty();
        Map<String, String> findings = new java.util.TreeMap<>();
        for (JsonNode each : Reply.JSON.readTree(Files.readString(out)).path("findings")) {
            String line = each.path("result").asString("") + " "
                    + each.path("message").asString("");
            findings.merge(each.path("check").asString(""), line, (a, b) -> a.startsWith("ok") ? b : a);
        }
        return new Ended(process.exitValue(), findings);
    }

    @Test
    void aNamespaceThatIsPreparedPasses() throws Exception {
        Ended ended = check(cluster.kubeconfig(), "-n", "shop", "--service-cidr", "10.96.0.0/16,fd00:96::/108");

        assertThat(ended.findings().values().stream()
                        .filter(line -> !line.startsWith("ok"))
                        .collect(Collectors.toList()))
                .isEmpty();
        assertThat(ended.status()).isZero();
        assertThat(ended.findings().get("service-cidrs")).contains("as the cluster has (ServiceCIDR objects)");
        assertThat(ended.findings().get("pod-security")).contains("(tried, without creating it)");
        assertThat(cluster.kubectl("-n", "shop", "get", "pods")).isEmpty();
    }

    @Test
    void aNamespaceThatIsNotPreparedFailsWithReasons() throws Exception {
        Ended ended = check(cluster.kubeconfig(), "-n", "strict", "--service-cidr", "10.97.0.0/16");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.findings().get("service-cidrs")).startsWith("FAIL --service-cidr: captured is 10.97.0.0/16");
        assertThat(ended.findings().get("rights"))
                .startsWith("FAIL system:serviceaccount:strict:default may not get services, get endpointslices");
        assertThat(ended.findings().get("pod-security"))
                .startsWith("FAIL namespace strict does not take pods with the init step")
                .contains("violates PodSecurity \"baseline");
        assertThat(ended.findings().get("other-mesh")).startsWith("FAIL Istio is on in namespace strict");
    }

    @Test
    void withoutRightsItSaysWhatItCouldNotLookAt() throws Exception {
        String token = AgentAccount.token(cluster.plane(), "shop", "default", 3600);
        Ended ended = check(cluster.plane().kubeconfig("nobody", token), "-n", "shop");

        for (String name :
                List.of("rights", "pod-security", "other-mesh", "cilium", "webhook", "pods", "service-cidrs")) {
            assertThat(ended.findings().get(name)).as(name).startsWith("warning ");
        }
        assertThat(ended.status()).isZero();
    }

    @Test
    void aTokenThatIsNotTakenFails() throws Exception {
        Ended ended = check(cluster.plane().kubeconfig("wrong", "wrong-token"), "-n", "shop");

        assertThat(ended.findings().get("api-server")).contains("does not accept the credentials");
        assertThat(ended.status()).isEqualTo(1);
    }
}
