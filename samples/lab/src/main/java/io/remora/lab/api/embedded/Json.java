package io.remora.lab.api.embedded;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads and writes objects as trees: the server keeps what it is given, also fields that it does not know. */
final class Json {
    static final JsonMapper MAPPER = new JsonMapper();
    private static final YAMLMapper YAML = new YAMLMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /** Parses a body that must be a JSON object. */
    static ObjectNode parseObject(byte[] body) {
        if (parse(body) instanceof ObjectNode object) {
            return object;
        }
        throw ApiFailure.badRequest("the body must be a JSON object");
    }

    static JsonNode parse(byte[] body) {
        try {
            return MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw ApiFailure.badRequest("the body is not JSON: " + e.getOriginalMessage());
        }
    }

    /** Parses YAML, of which JSON is a part. */
    static ObjectNode parseYaml(byte[] body) {
        try {
            if (YAML.readTree(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw ApiFailure.badRequest("the body is not YAML: " + e.getOriginalMessage());
        }
        throw ApiFailure.badRequest("the body must be one YAML mapping");
    }

    /** The object at {@code field}, created when it is absent or null. */
    static ObjectNode child(ObjectNode parent, String field) {
        return parent.get(field) instanceof ObjectNode object ? object : parent.putObject(field);
    }

    static ObjectNode metadata(ObjectNode object) {
        return child(object, "metadata");
    }

    /** The array at {@code field}; null when it is absent. */
    static @Nullable ArrayNode array(JsonNode parent, String field) {
        return parent.get(field) instanceof ArrayNode array ? array : null;
    }

    /** The text at a path of fields; empty when it is absent. */
    static String text(JsonNode node, String... path) {
        JsonNode at = node;
        for (String field : path) {
            at = at.path(field);
        }
        return at.isValueNode() && !at.isNull() ? at.asString() : "";
    }

    /** Sets a text where there is none. */
    static void putIfAbsent(ObjectNode object, String field, String value) {
        if (text(object, field).isEmpty()) {
            object.put(field, value);
        }
    }
}
