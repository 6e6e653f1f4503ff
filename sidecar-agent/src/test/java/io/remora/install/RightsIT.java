package io.remora.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.ServiceId;
import io.remora.kubernetes.ApiAccess;
import io.remora.kubernetes.KubernetesConfig;
import io.remora.kubernetes.KubernetesDiscoverySource;
import io.remora.lab.api.AgentAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the rights of install/kustomize allow, by a real API server: the agent's watch, and nothing else. */
@Timeout(180)
class RightsIT {

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static RealCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = RealCluster.start();
        for (String namespace : List.of("shop", "pay")) {
            cluster.kubectl("create", "namespace", namespace);
            cluster.kubectl("-n", namespace, "create", "serviceaccount", "web");
        }
        cluster.grantToShop();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static Path kubeconfig(String namespace) {
        return cluster.plane()
                .kubeconfig(namespace + "-web", AgentAccount.token(cluster.plane(), namespace, "web", 3600));
    }

    /** Who does not listen. */
    private static final class Sink implements DiscoverySink {

        @Override
        public void accept(List<DiscoveryEvent> events) {}

        @Override
        public boolean wasUsed(ServiceId service) {
            return true;
        }
    }

    @Test
    void theAgentsWatchWorks() {
        KubernetesConfig config = KubernetesConfig.DEFAULT.withAccess(ApiAccess.kubeconfig(kubeconfig("shop")));
        try (KubernetesDiscoverySource source = new KubernetesDiscoverySource(config)) {
            source.start(new Sink());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> source.status().connected() && source.status().synced());
        }
    }

    @Test
    void nothingElseIsAllowed() throws Exception {
        assertThat(rights("shop"))
                .containsExactly(
                        "discovery.k8s.io/endpointslices get",
                        "discovery.k8s.io/endpointslices list",
                        "discovery.k8s.io/endpointslices watch",
                        "services get",
                        "services list",
                        "services watch");
    }

    @Test
    void otherNamespacesHaveNoRight() throws Exception {
        assertThat(rights("pay")).isEmpty();
    }

    /** What a namespace's account may do, as the API server says, beyond what all who are authenticated may. */
    private static Set<String> rights(String namespace) throws Exception {
        Path review = Files.createTempFile("review", ".json");
        Files.writeString(review, """
                {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": "%s"}}
                """.formatted(namespace));
        String answer = Program.kubectl()
                .run(
                        "--kubeconfig=" + kubeconfig(namespace),
                        "create",
                        "--validate=false",
                        "-o",
                        "json",
                        "-f",
                        review.toString());
        Files.delete(review);
        Set<String> rights = new TreeSet<>();
        for (JsonNode rule : new JsonMapper().readTree(answer).path("status").path("resourceRules")) {
            for (JsonNode group : rule.path("apiGroups")) {
                for (JsonNode resource : rule.path("resources")) {
                    for (JsonNode verb : rule.path("verbs")) {
                        String name = group.asString("").isEmpty() ? "" : group.asString("") + "/";
                        rights.add(name + resource.asString("") + " " + verb.asString(""));
                    }
                }
            }
        }
        // Of system:basic-user: who am I, and what may I?
        rights.removeIf(
                each -> each.startsWith("authorization.k8s.io/self") || each.startsWith("authentication.k8s.io/self"));
        return rights;
    }
}
