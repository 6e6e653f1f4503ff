package io.remora.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every manifest of the project is taken by a real API server, which is strict about fields. */
@Timeout(180)
class ManifestsIT {

    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final Path CHART = TOP.resolve("sidecar-agent/install/helm/remora");
    private static final Pattern NAMESPACE = Pattern.compile("(?m)^ +namespace: ([a-z0-9-]+)$");
    private static final Pattern ACCOUNT = Pattern.compile("(?m)^ +serviceAccountName: ([a-z0-9-]+)$");

    /** What was made in the cluster already. */
    private static final Set<String> MADE = new HashSet<>();

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static RealCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = RealCluster.start();
        cluster.apply(Files.readString(Path.of("src/test/resources/install/crds.yaml")));
        for (String crd : List.of("podmonitors.monitoring.coreos.com", "issuers.cert-manager.io")) {
            cluster.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd/" + crd);
        }
        cluster.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd/certificates.cert-manager.io");
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** Every folder with a kustomization, of the project's own sources. */
    static Stream<Path> kustomizations() throws IOException {
        try (Stream<Path> files = Files.walk(TOP)) {
            List<Path> found = files.filter(path -> path.endsWith("kustomization.yaml"))
                    .filter(path -> !path.toString().contains("/target/"))
                    .filter(ManifestsIT::isNoComponent)
                    .map(path -> TOP.relativize(path.getParent()))
                    .sorted()
                    .toList();
            return found.stream();
        }
    }

    private static boolean isNoComponent(Path file) {
        try {
            return !Files.readString(file).contains("kind: Component");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theSamplesAndTheInstallFoldersAreAmongThem() throws Exception {
        assertThat(kustomizations().map(Path::toString))
                .contains(
                        "samples/hello/base",
                        "samples/starter/cluster",
                        "sidecar-agent/install/kustomize/base",
                        "sidecar-agent/install/kustomize/overlays/example");
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void kustomizationsAreValid(Path folder) throws Exception {
        isTaken(cluster.kubectl("kustomize", TOP.resolve(folder).toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--set namespaces={shop,pay}",
                "--set namespaces={*} --set rbac.onDemand=true",
                "--set namespaces={shop} --set rbac.watch=namespace",
                "--set webhook.enabled=true --set webhook.serviceCidrs={10.96.0.0/16,fd00:96::/108}",
                "--set webhook.enabled=true --set webhook.serviceCidrs={10.96.0.0/16} --set webhook.certificate=provided"
                        + " --set webhook.set.policy=peak-ewma --set images.pullPolicy=Never --set images.pullSecrets[0].name=key"
                        + " --set webhook.priorityClassName=system-cluster-critical --set webhook.failurePolicy=Fail --set webhook.onRefusal=deny"
                        + " --set webhook.nodeSelector.a=b --set webhook.tolerations[0].operator=Exists"
                        + " --set webhook.networkPolicy=false --set webhook.replicas=1",
                "--set webhook.enabled=true --set webhook.serviceCidrs={10.96.0.0/16} --set webhook.certificate=cert-manager",
                "--set webhook.enabled=true --set webhook.serviceCidrs={10.96.0.0/16} --set webhook.certificate=cert-manager"
                        + " --set webhook.issuerRef.name=ours --set webhook.issuerRef.kind=ClusterIssuer",
                "--set podMonitor.enabled=true --set podMonitor.labels.release=prometheus --set dashboard.enabled=true"
            })
    void chartsAreValid(String values) throws Exception {
        String command = "template remora " + CHART + " --namespace remora-system " + "--kube-version 1.36.0 " + values;

        isTaken(Program.helm().run(command.strip().split(" +", -1)));
    }

    @Test
    void whatWebhookCertificateWritesIsValidAndSignedForTheService() throws Exception {
        // Within the project, as kustomize follows relative paths only; target is not kept.
        Path folder = Files.createDirectories(Path.of("target", "webhook-certificate"))
                .toAbsolutePath();
        Program script = new Program(TOP.resolve("sidecar-agent/install/webhook-certificate"));
        script.run(folder.toString());
        String first = Files.readString(folder.resolve("ca.crt"));
        script.run(folder.toString()); // renews

        assertThat(Files.readString(folder.resolve("ca.crt"))).isEqualTo(first);
        String objects = cluster.kubectl("kustomize", folder.toString());
        assertThat(objects).contains("caBundle: ").containsPattern("secretName: remora-webhook-[a-z0-9]+");
        isTaken(objects);
        assertThat(new Program(Path.of("/usr/bin/env"))
                        .run(
                                "openssl",
                                "verify",
                                "-purpose",
                                "sslserver",
                                "-verify_hostname",
                                "remora-webhook.remora-system.svc",
                                "-CAfile",
                                folder.resolve("ca.crt").toString(),
                                folder.resolve("tls.crt").toString()))
                .endsWith("OK\n");
    }

    @Test
    void aMisspeltFieldIsFound(@TempDir Path folder) throws Exception {
        String wrong =
                "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{port: 80, targetprt: 1}]}\n";

        assertThat(cluster.dryRun(wrong).err()).contains("targetprt");
    }

    /** Has it validated, after the namespaces and accounts that it is for were made. */
    private static void isTaken(String objects) throws Exception {
        assertThat(objects).isNotBlank();
        Set<String> namespaces = all(NAMESPACE, objects);
        Set<String> accounts = all(ACCOUNT, objects);
        accounts.add("default");
        StringBuilder before = new StringBuilder();
        for (String namespace : namespaces) {
            if (MADE.add(namespace)) {
                before.append("---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + namespace + "}\n");
            }
        }
        for (String namespace : namespaces) {
            for (String account : accounts) {
                if (MADE.add(namespace + "/" + account)) {
                    before.append("---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: " + account
                            + ", namespace: " + namespace + "}\n");
                }
            }
        }
        if (!before.isEmpty()) {
            cluster.apply(before.toString());
        }
        Program.Said said = cluster.dryRun(objects);
        assertThat(said.status()).as(said.out() + said.err()).isZero();
        assertThat(said.out()).contains("(server dry run)");
    }

    private static Set<String> all(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
