package io.remora.kubernetes;

import io.remora.discovery.IpAddress;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads what matters here of a {@code v1 Node}, without the library's model of the many other things it has. */
final class NodeMapper {

    static final String ZONE = "topology.kubernetes.io/zone";

    private NodeMapper() {}

    /**
     * @throws IllegalArgumentException naming the field that is missing or wrong
     */
    static ObjectDump.Node map(JsonNode node) {
        JsonNode name = node.path("metadata").path("name");
        if (!name.isString() || name.asString().isEmpty()) {
            throw new IllegalArgumentException("metadata.name is missing");
        }
        String zone = node.path("metadata").path("labels").path(ZONE).asString("");
        return new ObjectDump.Node(name.asString(), zone.isEmpty() ? null : zone, addresses(node));
    }

    /** The node's primary addresses, as kube-proxy takes them: internal ones before external ones, one a family. */
    private static List<IpAddress> addresses(JsonNode node) {
        JsonNode all = node.path("status").path("addresses");
        if (!all.isMissingNode() && !all.isNull() && !all.isArray()) {
            throw new IllegalArgumentException("status.addresses: a list is expected");
        }
        List<IpAddress> primary = new ArrayList<>(2);
        for (String type : List.of("InternalIP", "ExternalIP")) {
            for (JsonNode address : all) {
                if (type.equals(address.path("type").asString(""))) {
                    Addresses.tryParse(address.path("address").asString(""))
                            .filter(ip -> primary.stream().noneMatch(known -> known.family() == ip.family()))
                            .ifPresent(primary::add);
                }
            }
        }
        return primary;
    }
}
