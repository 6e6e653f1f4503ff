package io.remora.lab;

import io.remora.lab.net.NetworkPlan;
import java.util.List;

/**
 * What a lab consists of.
 *
 * @param nodes one to {@value NetworkPlan#MAX_NODES} nodes
 * @param ipv6 whether nodes and pods have IPv6 addresses next to their IPv4 addresses
 */
public record LabConfig(List<NodeSpec> nodes, boolean ipv6) {
    /** Two nodes in two zones, dual stack. */
    public static final LabConfig DEFAULT =
            new LabConfig(List.of(new NodeSpec("node-a", "zone-a"), new NodeSpec("node-b", "zone-b")), true);

    public LabConfig {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty() || nodes.size() > NetworkPlan.MAX_NODES) {
            throw new IllegalArgumentException(
                    "a lab has 1 to " + NetworkPlan.MAX_NODES + " nodes, not " + nodes.size());
        }
        if (nodes.stream().map(NodeSpec::name).distinct().count() < nodes.size()) {
            throw new IllegalArgumentException("two nodes have the same name: " + nodes);
        }
    }
}
