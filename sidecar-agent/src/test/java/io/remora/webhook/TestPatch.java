package io.remora.webhook;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Replays a JSON patch of add, replace and remove. */
final class TestPatch {

    private TestPatch() {}

    static JsonNode apply(JsonNode before, JsonNode patch) {
        JsonNode result = before.deepCopy();
        for (JsonNode operation : patch) {
            String path = operation.get("path").asString();
            String what = operation.get("op").asString();
            if (path.isEmpty()) {
                result = operation.get("value").deepCopy();
                continue;
            }
            int last = path.lastIndexOf('/');
            JsonNode parent = result.at(path.substring(0, last));
            String key = path.substring(last + 1).replace("~1", "/").replace("~0", "~");
            JsonNode value =
                    what.equals("remove") ? null : operation.get("value").deepCopy();
            if (parent instanceof ObjectNode object) {
                if (!what.equals("add") && !object.has(key)) {
                    throw new IllegalStateException("there is no " + path);
                }
                if (value == null) {
                    object.remove(key);
                } else {
                    object.set(key, value);
                }
            } else if (parent instanceof ArrayNode array && what.equals("add")) {
                array.insert(Integer.parseInt(key), value);
            } else if (parent instanceof ArrayNode array && what.equals("replace")) {
                array.set(Integer.parseInt(key), value);
            } else {
                throw new IllegalStateException("cannot " + what + " " + path);
            }
        }
        return result;
    }
}
