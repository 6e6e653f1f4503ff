package io.remora.lab.e2e.decisions;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The elements of a set or map. Immutable.
 *
 * @param data what a map leads to, by key; of a set, the elements themselves
 * @param intervals elements that stand for many values
 * @param timeoutSeconds how long an element that a rule adds stays; 0 if it does not go
 */
record NamedSet(Map<String, JsonNode> data, List<JsonNode> intervals, long timeoutSeconds) {

    static NamedSet of(JsonNode declaration) {
        return of(declaration.path("elem"), declaration.path("timeout").asLong(0));
    }

    /** A set without a name, within a rule. */
    static NamedSet ofElements(JsonNode elements) {
        return of(elements, 0);
    }

    private static NamedSet of(JsonNode elements, long timeoutSeconds) {
        Map<String, JsonNode> data = new HashMap<>();
        List<JsonNode> intervals = new ArrayList<>();
        for (JsonNode element : elements) {
            JsonNode key = element.isArray() ? element.path(0) : element;
            JsonNode value = element.isArray() ? element.path(1) : element;
            if (key.has("elem")) {
                // An element with a comment of its own.
                key = key.path("elem").path("val");
            }
            if (key.has("prefix") || key.has("range")) {
                intervals.add(key);
            } else {
                data.put(Values.text(key), value);
            }
        }
        return new NamedSet(data, intervals, timeoutSeconds);
    }

    boolean contains(String value) {
        return data.containsKey(value) || intervals.stream().anyMatch(interval -> Values.isWithin(value, interval));
    }

    /** Where a map leads; null if it does not have the key. */
    @Nullable
    JsonNode get(String key) {
        if (!intervals.isEmpty()) {
            throw new IllegalArgumentException("a map of intervals is not understood: " + intervals);
        }
        return data.get(key);
    }
}
