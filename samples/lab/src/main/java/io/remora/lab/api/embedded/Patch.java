package io.remora.lab.api.embedded;

import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Applies the patch formats of the API. */
final class Patch {
    /** Server-side apply; also creates the object. */
    static final String APPLY = "application/apply-patch+yaml";

    /** The fields by which the elements of a list are told apart in a strategic merge; other lists are replaced. */
    private static final Map<String, String> MERGE_KEYS = Map.of(
            "conditions", "type",
            "containers", "name",
            "initContainers", "name",
            "volumes", "name",
            "env", "name",
            "podIPs", "ip",
            "hostIPs", "ip",
            "containerStatuses", "name",
            "ownerReferences", "uid",
            "taints", "key");

    private Patch() {}

    static ObjectNode apply(String mediaType, byte[] body, ObjectNode to) {
        return switch (mediaType) {
            case "application/json-patch+json" -> jsonPatch(body, to);
            case "application/merge-patch+json" -> merge(to.deepCopy(), Json.parseObject(body), false);
            case "application/strategic-merge-patch+json" -> merge(to.deepCopy(), Json.parseObject(body), true);
            case APPLY -> merge(to.deepCopy(), Json.parseYaml(body), true);
            default -> throw ApiFailure.unsupportedMediaType(mediaType);
        };
    }

    private static ObjectNode jsonPatch(byte[] body, ObjectNode to) {
        try {
            return (ObjectNode) JsonPatch.apply(Json.parse(body), to);
        } catch (JsonPatchException e) {
            throw ApiFailure.badRequest("the patch does not apply: " + e.getMessage());
        }
    }

    private static ObjectNode merge(ObjectNode target, ObjectNode patch, boolean strategic) {
        patch.properties().forEach(entry -> {
            String field = entry.getKey();
            JsonNode value = entry.getValue();
            if (value.isNull()) {
                target.remove(field);
            } else if (value instanceof ObjectNode object) {
                ObjectNode into = target.get(field) instanceof ObjectNode existing ? existing : Json.object();
                target.set(field, merge(into, object, strategic));
            } else if (strategic && value instanceof ArrayNode list && mergeKey(field, list) != null) {
                target.set(field, mergeList(Json.array(target, field), list, mergeKey(field, list)));
            } else {
                target.set(field, value);
            }
        });
        return target;
    }

    private static @Nullable String mergeKey(String field, ArrayNode list) {
        if (field.equals("ports")) {
            return list.path(0).has("containerPort") ? "containerPort" : "port";
        }
        return MERGE_KEYS.get(field);
    }

    private static ArrayNode mergeList(@Nullable ArrayNode existing, ArrayNode patch, @Nullable String key) {
        ArrayNode merged = existing == null ? Json.MAPPER.createArrayNode() : existing.deepCopy();
        for (JsonNode each : patch) {
            int at = indexOf(merged, key, each);
            boolean removed = Json.text(each, "$patch").equals("delete");
            if (at < 0 && !removed) {
                merged.add(each);
            } else if (at >= 0 && removed) {
                merged.remove(at);
            } else if (at >= 0 && merged.get(at) instanceof ObjectNode old && each instanceof ObjectNode object) {
                merged.set(at, merge(old, object, true));
            }
        }
        return merged;
    }

    private static int indexOf(ArrayNode list, @Nullable String key, JsonNode element) {
        for (int i = 0; i < list.size(); i++) {
            if (list.path(i).path(key).equals(element.path(key))) {
                return i;
            }
        }
        return -1;
    }
}
