package io.remora.lab.e2e.decisions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.kubernetes.ObjectDump;
import io.remora.lab.Lab;
import io.remora.lab.LabRequirements;
import io.remora.lab.Node;
import io.remora.lab.api.KubernetesPrograms;
import io.remora.registry.FrontendKind;
import io.remora.registry.Route;
import io.remora.registry.Selection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Random clusters, each in a namespace of its own: what the real kube-proxy programs on two nodes in two zones, next to what
 * Remora decides for a pod there. The system property {@code remora.test.seed} draws other clusters.
 */
class RandomClustersIT {

    private static final int CLUSTERS = 200;
    private static final long SEED = Long.getLong("remora.test.seed", 1);
    private static final JsonMapper JSON = new JsonMapper();

    @BeforeEach
    void needsTheRealPrograms() {
        LabRequirements.check();
        if (!Boolean.getBoolean("remora.test.require.apiserver")) {
            assumeThat(KubernetesPrograms.fromEnvironment())
                    .as("KUBEBUILDER_ASSETS names the folder of the real Kubernetes programs")
                    .isPresent();
        }
    }

    @Test
    void remoraDecidesWhatKubeProxyPrograms() throws ObjectDump.UnusableException {
        try (Lab lab = Lab.start()) {
            lab.kubelet().registerNodes();
            KubernetesClient api = lab.controlPlane().admin();
            List<ProxiedNode> nodes = lab.nodes().stream()
                    .map(node -> ProxiedNode.start(lab, node))
                    .toList();
            int refused = new ClusterWriter(api, SEED).write(CLUSTERS);
            Marker marker = Marker.write(api, nodes);
            nodes.forEach(node -> node.readRules(marker));

            Objects objects = Objects.read(api);
            Comparison comparison = new Comparison(objects.dump(), lab.serviceCidrs());
            Map<String, Set<TransportAddress>> questions = objects.questions(
                    lab.nodes().stream().map(Node::ips).flatMap(List::stream).toList());
            nodes.forEach(node -> comparison.run(node, questions));

            assertThat(comparison.unexpected())
                    .as(() -> objects.about(comparison.unexpected().keySet()))
                    .isEmpty();
            assertTheClustersAreVaried(comparison, refused);
        }
    }

    private static void assertTheClustersAreVaried(Comparison comparison, int refused) {
        assertThat(comparison.compared()).isGreaterThan(CLUSTERS * 50);
        assertThat(comparison.unknownAddresses()).isPositive();
        assertThat(refused).as("objects that the API server refused").isLessThan(CLUSTERS * 5);
        assertThat(comparison.kinds()).containsExactlyInAnyOrder(FrontendKind.values());
        assertThat(comparison.causes()).isEqualTo(EnumSet.complementOf(EnumSet.of(Route.Cause.CLIENT_NODE_UNKNOWN)));
        assertThat(comparison.selections())
                .isEqualTo(EnumSet.complementOf(
                        EnumSet.of(Selection.NODE_UNKNOWN, Selection.EVERY_READY_ZONE_UNKNOWN)));
        System.out.printf(
                "%d comparisons in %d clusters of seed %d; %d objects were refused and drawn again%n",
                comparison.compared(), CLUSTERS, SEED, refused);
    }

    /** All objects as the API server has them. */
    private record Objects(JsonNode services, JsonNode slices, JsonNode nodes) {

        static Objects read(KubernetesClient api) {
            return new Objects(
                    list(api, "/api/v1/services"),
                    list(api, "/apis/discovery.k8s.io/v1/endpointslices"),
                    list(api, "/api/v1/nodes"));
        }

        private static JsonNode list(KubernetesClient api, String path) {
            JsonNode list = JSON.readTree(api.raw(path));
            for (JsonNode item : list.path("items")) {
                ((ObjectNode) item)
                        .put("apiVersion", list.path("apiVersion").asString())
                        .put("kind", list.path("kind").asString().replaceFirst("List$", ""));
                ((ObjectNode) item.path("metadata")).remove(List.of("managedFields", "uid", "creationTimestamp"));
            }
            return list;
        }

        ObjectDump dump() throws ObjectDump.UnusableException {
            return ObjectDump.read(List.of(
                    new ObjectDump.Document("services", services.toString()),
                    new ObjectDump.Document("endpointslices", slices.toString()),
                    new ObjectDump.Document("nodes", nodes.toString())));
        }

        /** By namespace; those about no Service stand under the empty name. */
        Map<String, Set<TransportAddress>> questions(List<String> nodeIps) {
            Map<String, Set<TransportAddress>> questions = new LinkedHashMap<>();
            for (JsonNode service : services.path("items")) {
                questions
                        .computeIfAbsent(namespace(service), key -> new LinkedHashSet<>())
                        .addAll(Questions.about(service, nodeIps));
            }
            questions.put("", Set.of(
                    TransportAddress.tcp(IpAddress.parse("10.96.255.254"), 80),
                    TransportAddress.tcp(IpAddress.parse("fd00:96::f:fffe"), 80),
                    TransportAddress.tcp(IpAddress.parse("192.0.2.1"), 80),
                    TransportAddress.tcp(IpAddress.parse("2001:db8::1"), 80)));
            return questions;
        }

        private static String namespace(JsonNode object) {
            return object.path("metadata").path("namespace").asString();
        }

        /** How to have these namespaces again; the objects are one a line, as {@code remora explain --from} reads them. */
        String about(Set<String> namespaces) {
            StringBuilder text = new StringBuilder("seed " + SEED + " (-Dremora.test.seed=" + SEED
                    + " draws the same clusters again), namespaces " + namespaces + ", with these objects");
            namespaces.stream().limit(3).forEach(namespace -> {
                for (JsonNode list : List.of(services, slices)) {
                    for (JsonNode item : list.path("items")) {
                        if (namespace(item).equals(namespace)) {
                            text.append('\n').append(item);
                        }
                    }
                }
            });
            nodes.path("items").forEach(node -> text.append('\n').append(node));
            return text.append('\n').toString();
        }
    }
}
