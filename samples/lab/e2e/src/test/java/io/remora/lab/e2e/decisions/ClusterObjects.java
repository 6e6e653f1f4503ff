package io.remora.lab.e2e.decisions;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.kubernetes.ObjectDump;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * All objects that matter, as the API server has them.
 *
 * @param services a list
 * @param slices a list
 * @param nodes a list
 */
record ClusterObjects(JsonNode services, JsonNode slices, JsonNode nodes) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int DESCRIBED = 3;

    /** Two addresses of the Service networks that no Service has, and two that are nobody's. */
    private static final List<String> STRANGERS =
            List.of("10.96.255.254", "fd00:96::f:fffe", "192.0.2.1", "2001:db8::1");

    static ClusterObjects read(KubernetesClient api) {
        return new ClusterObjects(
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

    /**
     * What to ask, by namespace; what is about no Service stands under the empty name.
     *
     * @param nodeIps addresses of all nodes
     */
    Map<String, Set<TransportAddress>> questions(List<String> nodeIps) {
        Map<String, Set<TransportAddress>> questions = new LinkedHashMap<>();
        for (JsonNode service : services.path("items")) {
            questions
                    .computeIfAbsent(namespace(service), key -> new LinkedHashSet<>())
                    .addAll(Questions.about(service, nodeIps));
        }
        Set<TransportAddress> strangers = new LinkedHashSet<>();
        STRANGERS.forEach(ip -> strangers.add(TransportAddress.tcp(IpAddress.parse(ip), 80)));
        questions.put("", strangers);
        return questions;
    }

    private static String namespace(JsonNode object) {
        return object.path("metadata").path("namespace").asString();
    }

    /** The objects of the first of these namespaces, one a line, as {@code remora explain --from} reads them. */
    String describe(Set<String> namespaces) {
        StringBuilder text = new StringBuilder("namespaces " + namespaces + "; the objects of the first of them:");
        namespaces.stream().limit(DESCRIBED).forEach(namespace -> {
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
