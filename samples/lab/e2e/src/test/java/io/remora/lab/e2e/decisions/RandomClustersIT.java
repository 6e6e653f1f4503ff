package io.remora.lab.e2e.decisions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.client.KubernetesClient;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Random clusters, each in a namespace of its own: what the real kube-proxy programs on two nodes in two zones, next to what
 * Remora decides for a pod there. The system property {@code remora.test.seed} draws other clusters.
 */
class RandomClustersIT {

    private static final int CLUSTERS = 200;
    private static final long SEED = Long.getLong("remora.test.seed", 1);

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

            ClusterObjects objects = ClusterObjects.read(api);
            Comparison comparison = new Comparison(objects.dump(), lab.serviceCidrs());
            Map<String, Set<TransportAddress>> questions = objects.questions(
                    lab.nodes().stream().map(Node::ips).flatMap(List::stream).toList());
            nodes.forEach(node -> comparison.run(node, questions));

            assertThat(comparison.unexpected())
                    .as(() -> "seed %d; -Dremora.test.args=-Dremora.test.seed=%d draws the same clusters again; %s"
                            .formatted(
                                    SEED,
                                    SEED,
                                    objects.describe(comparison.unexpected().keySet())))
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
                .isEqualTo(
                        EnumSet.complementOf(EnumSet.of(Selection.NODE_UNKNOWN, Selection.EVERY_READY_ZONE_UNKNOWN)));
        System.out.printf(
                "%d comparisons in %d clusters of seed %d; %d objects were refused and drawn again%n",
                comparison.compared(), CLUSTERS, SEED, refused);
    }
}
