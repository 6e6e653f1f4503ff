package io.remora.lab.api.embedded;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Defaults and validation of the types that the lab is about; other types are stored as they come. */
final class Admission {
    private static final List<String> TOPOLOGY_LABELS =
            List.of("topology.kubernetes.io/zone", "topology.kubernetes.io/region");

    private final ObjectStore store;
    private final ServiceAdmission services;

    Admission(ObjectStore store) {
        this.store = store;
        this.services = new ServiceAdmission(store);
    }

    /**
     * Completes an object before it is stored.
     *
     * @param old the state that it replaces; null when it is created
     */
    void admit(ObjectKey key, ObjectNode object, @Nullable ObjectNode old) {
        if (key.type().equals(ResourceType.SERVICES)) {
            services.admit(key, object, old);
        } else if (key.type().equals(ResourceType.ENDPOINT_SLICES)) {
            endpointSlice(key, object);
        } else if (key.type().equals(ResourceType.PODS) && old == null) {
            pod(key, object);
        } else if (key.type().equals(ResourceType.NAMESPACES) && old == null) {
            Json.child(Json.metadata(object), "labels").put("kubernetes.io/metadata.name", key.name());
            Json.child(object, "status").put("phase", "Active");
        }
    }

    void deleted(ObjectKey key, ObjectNode object) {
        if (key.type().equals(ResourceType.SERVICES)) {
            services.release(object);
        }
    }

    private static void endpointSlice(ObjectKey key, ObjectNode slice) {
        if (Json.text(slice, "addressType").isEmpty()) {
            throw ApiFailure.invalid(key, "addressType", "Required value");
        }
        ArrayNode endpoints = Json.array(slice, "endpoints");
        if (endpoints == null) {
            slice.putNull("endpoints");
        } else {
            for (JsonNode endpoint : endpoints) {
                int addresses = endpoint.path("addresses").size();
                if (addresses < 1 || addresses > 100) {
                    throw ApiFailure.invalid(key, "endpoints[].addresses", "must contain 1 to 100 addresses");
                }
                Json.child((ObjectNode) endpoint, "conditions");
            }
        }
        if (Json.array(slice, "ports") == null) {
            slice.putNull("ports");
        } else {
            for (JsonNode each : slice.path("ports")) {
                ObjectNode port = (ObjectNode) each;
                Json.putIfAbsent(port, "name", "");
                Json.putIfAbsent(port, "protocol", "TCP");
            }
        }
    }

    private void pod(ObjectKey key, ObjectNode pod) {
        ObjectNode spec = Json.child(pod, "spec");
        if (spec.path("containers").isEmpty()) {
            throw ApiFailure.invalid(key, "spec.containers", "Required value");
        }
        Json.putIfAbsent(spec, "restartPolicy", "Always");
        Json.putIfAbsent(spec, "serviceAccountName", "default");
        if (!spec.has("terminationGracePeriodSeconds")) {
            spec.put("terminationGracePeriodSeconds", 30);
        }
        ObjectNode status = Json.object();
        status.put("phase", "Pending").put("qosClass", "BestEffort");
        pod.set("status", status);
        topologyLabels(pod, Json.text(spec, "nodeName"));
    }

    /** Kubernetes 1.35 and newer hand the node's topology to the pod as labels. */
    private void topologyLabels(ObjectNode pod, String node) {
        store.find(new ObjectKey(ResourceType.NODES, "", node)).ifPresent(found -> {
            JsonNode from = found.tree().path("metadata").path("labels");
            for (String label : TOPOLOGY_LABELS) {
                if (from.has(label)) {
                    Json.child(Json.metadata(pod), "labels")
                            .put(label, from.path(label).asString());
                }
            }
        });
    }
}
