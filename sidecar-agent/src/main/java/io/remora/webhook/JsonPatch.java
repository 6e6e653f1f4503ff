package io.remora.webhook;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes a JSON patch (RFC 6902) that turns one value into another: fields and items added, replaced and removed. */
final class JsonPatch {

    private final ArrayNode operations = JsonNodeFactory.instance.arrayNode();

    private JsonPatch() {}

    /** Returns the patch; empty if the values are the same. */
    static ArrayNode between(JsonNode before, JsonNode after) {
        JsonPatch patch = new JsonPatch();
        patch.compare("", before, after);
        return patch.operations;
    }

    private void compare(String path, JsonNode before, JsonNode after) {
        if (before.equals(after)) {
            return;
        }
        if (before.isObject() && after.isObject()) {
            for (String name : before.propertyNames()) {
                if (!after.has(name)) {
                    add("remove", path + "/" + escaped(name));
                }
            }
            after.forEachEntry((name, value) -> {
                String child = path + "/" + escaped(name);
                JsonNode old = before.get(name);
                if (old == null) {
                    add("add", child).set("value", value);
                } else {
                    compare(child, old, value);
                }
            });
        } else if (before.isArray() && after.isArray() && isIn(before, after)) {
            int kept = 0;
            for (int i = 0; i < after.size(); i++) {
                if (kept < before.size() && before.get(kept).equals(after.get(i))) {
                    kept++;
                } else {
                    add("add", path + "/" + i).set("value", after.get(i));
                }
            }
        } else {
            add("replace", path).set("value", after);
        }
    }

    /** Whether all items are there, in their order, with others between them at the most. */
    private static boolean isIn(JsonNode items, JsonNode more) {
        int found = 0;
        for (JsonNode each : more) {
            if (found < items.size() && items.get(found).equals(each)) {
                found++;
            }
        }
        return found == items.size();
    }

    private ObjectNode add(String operation, String path) {
        return operations.addObject().put("op", operation).put("path", path);
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
