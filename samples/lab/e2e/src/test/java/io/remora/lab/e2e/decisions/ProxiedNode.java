package io.remora.lab.e2e.decisions;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.lab.KubeProxyMode;
import io.remora.lab.Lab;
import io.remora.lab.Node;
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

    static ProxiedNode start(Lab lab, Node node) {
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

    List<String> ips() {
        return node.ips();
    }

    /** Addresses of two of its pods: one by which source ranges are cut, and another. */
    List<IpAddress> pods(IpFamily family) {
        String network = node.podCidrs().get(family == IpFamily.IPV4 ? 0 : 1).replaceFirst("(0|:)/.*", "$1");
        return family == IpFamily.IPV4
                ? List.of(
                        IpAddress.parse(network.substring(0, network.length() - 1) + "250"),
                        IpAddress.parse(network.substring(0, network.length() - 1) + "10"))
                : List.of(IpAddress.parse(network + "fa"), IpAddress.parse(network + "a"));
    }

    /** Reads its rules once kube-proxy has programmed the marker, and with it everything that was there before. */
    void readRules(Marker marker) {
        LabObjects.awaitUntil("kube-proxy on " + name() + " has programmed the marker for the node's zone", SYNC_TIME, () -> {
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

    String zone() {
        return node.zone();
    }

    @Override
    public String toString() {
        return node.toString();
    }
}
