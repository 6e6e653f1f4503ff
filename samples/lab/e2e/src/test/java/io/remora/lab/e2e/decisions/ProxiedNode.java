package io.remora.lab.e2e.decisions;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.lab.KubeProxyMode;
import io.remora.lab.Lab;
import io.remora.lab.Node;
import io.remora.lab.PodSpec;
import io.remora.lab.api.LabObjects;
import io.remora.lab.process.ProcessSpec;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A node whose kube-proxy runs in nftables mode, and the rules that were last read from it. */
final class ProxiedNode {

    private static final Duration SYNC_TIME = Duration.ofSeconds(60);

    private final Node node;
    private final Set<IpAddress> addresses = new HashSet<>();
    private final Map<IpFamily, RuleWalk> rules = new EnumMap<>(IpFamily.class);

    private ProxiedNode(Node node) {
        this.node = node;
        node.ips().forEach(ip -> addresses.add(IpAddress.parse(ip)));
    }

    /** Adds two pods, in and out of the source ranges that name single pods, and starts kube-proxy. */
    static ProxiedNode start(Lab lab, Node node) {
        for (int host : List.of(RandomSlices.HAIRPIN_HOST, RandomSlices.HAIRPIN_HOST + 1)) {
            lab.addPod(PodSpec.of(node.name() + "-" + host, node.name()).host(host));
        }
        lab.startKubeProxy(node, KubeProxyMode.NFTABLES);
        // A kube-proxy that starts may miss its node's zone; a change of the node's topology labels tells it again.
        lab.controlPlane()
                .admin()
                .nodes()
                .withName(node.name())
                .edit(found -> new NodeBuilder(found)
                        .editMetadata()
                        .addToLabels("topology.kubernetes.io/region", "lab")
                        .endMetadata()
                        .build());
        return new ProxiedNode(node);
    }

    String name() {
        return node.name();
    }

    String zone() {
        return node.zone();
    }

    /** Addresses of its pods. */
    List<IpAddress> pods(IpFamily family) {
        return node.pods().stream()
                .map(pod -> IpAddress.parse(family == IpFamily.IPV4 ? pod.ip() : pod.ip6()))
                .toList();
    }

    /** Reads its rules once kube-proxy has programmed the marker, and with it everything that was there before. */
    void readRules(Marker marker) {
        LabObjects.awaitUntil(
                "kube-proxy on " + name() + " has programmed the marker for the node's zone", SYNC_TIME, () -> {
                    if (!marker.addresses().stream().allMatch(this::serves)) {
                        return false;
                    }
                    rules.put(IpFamily.IPV4, read("ip"));
                    rules.put(IpFamily.IPV6, read("ip6"));
                    return marker.isDecided(this);
                });
    }

    private boolean serves(IpAddress clusterIp) {
        String family = clusterIp.family() == IpFamily.IPV4 ? "ip" : "ip6";
        return node.exec(ProcessSpec.of("nft", "list", "map", family, "kube-proxy", "service-ips"))
                .orThrow()
                .out()
                .contains(clusterIp + " . ");
    }

    private RuleWalk read(String family) {
        String json = node.exec(ProcessSpec.of("nft", "-j", "list", "table", family, "kube-proxy")
                        .timeout(SYNC_TIME))
                .orThrow()
                .out();
        return new RuleWalk(Ruleset.parse(json), addresses);
    }

    /** What its kube-proxy does with the first packet of a pod. */
    Fate fate(Packet packet) {
        RuleWalk walk = rules.get(packet.source().family());
        if (walk == null) {
            throw new IllegalStateException("the rules of " + name() + " were not read yet");
        }
        return walk.fate(packet);
    }

    @Override
    public String toString() {
        return node.name();
    }
}
