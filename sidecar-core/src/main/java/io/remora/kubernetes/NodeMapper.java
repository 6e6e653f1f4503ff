package io.remora.kubernetes;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.remora.discovery.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads a {@code v1 Node}. */
final class NodeMapper {

    static final String ZONE = "topology.kubernetes.io/zone";

    private NodeMapper() {}

    static ObjectDump.Node map(Node node) {
        @Nullable
        String zone = ServiceMapper.orEmpty(node.getMetadata().getLabels()).get(ZONE);
        return new ObjectDump.Node(
                node.getMetadata().getName(), zone == null || zone.isEmpty() ? null : zone, addresses(node));
    }

    /** The node's primary addresses, as kube-proxy takes them: internal ones before external ones, one a family. */
    private static List<IpAddress> addresses(Node node) {
        List<IpAddress> primary = new ArrayList<>(2);
        if (node.getStatus() != null) {
            for (String type : List.of("InternalIP", "ExternalIP")) {
                for (NodeAddress address :
                        ServiceMapper.orEmpty(node.getStatus().getAddresses())) {
                    if (type.equals(address.getType())) {
                        Addresses.tryParse(Objects.requireNonNullElse(address.getAddress(), ""))
                                .filter(ip -> primary.stream().noneMatch(p -> p.family() == ip.family()))
                                .ifPresent(primary::add);
                    }
                }
            }
        }
        return primary;
    }
}
