package io.remora.inject;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * What documents say, to be compared: maps, lists, and scalars as texts with their types. Aliases and merge keys are resolved,
 * each use with a copy of its own. Not thread-safe.
 */
final class YamlValues {

    private static final int MAX_NODES = 2_000_000;
    private static final String NULL = "null:";

    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private int nodes;

    private YamlValues() {}

    /** @throws YamlEngineException if it refers to itself, is much larger than its text, or programs read it differently */
    static List<Object> of(List<Node> documents) {
        YamlValues values = new YamlValues();
        List<Object> all = new ArrayList<>();
        documents.forEach(document -> all.add(values.read(document)));
        return all;
    }

    /** The same of maps, lists, texts, numbers and booleans of Java. */
    static Object of(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, each) -> copy.put(String.valueOf(key), of(each)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(each -> copy.add(of(each)));
            return copy;
        }
        Tag tag = value instanceof Boolean ? Tag.BOOL : value instanceof Integer ? Tag.INT : Tag.STR;
        return tag.getValue() + ":" + value;
    }

    /** What the text of an empty value says. */
    static Object ofEmpty(String text) {
        List<Object> values = of(Yaml.documents(text));
        return values.isEmpty() ? NULL : values.get(0);
    }

    private Object read(Node node) {
        if (!open.add(node)) {
            throw new YamlEngineException("an anchor refers to itself");
        }
        nodes++;
        if (nodes > MAX_NODES) {
            throw new YamlEngineException("its aliases make it too large");
        }
        Object value;
        if (node instanceof MappingNode mapping) {
            value = mapping(mapping);
        } else if (node instanceof SequenceNode sequence) {
            List<Object> list = new ArrayList<>();
            sequence.getValue().forEach(each -> list.add(read(each)));
            value = list;
        } else if (Yaml.isNull(node)) {
            value = NULL;
        } else {
            value = node.getTag().getValue() + ":" + ((ScalarNode) node).getValue();
        }
        open.remove(node);
        return value;
    }

    private Map<String, Object> mapping(MappingNode node) {
        Map<String, Object> map = new LinkedHashMap<>();
        Set<String> own = new HashSet<>();
        Set<String> merged = new HashSet<>();
        for (NodeTuple tuple : node.getValue()) {
            Node key = tuple.getKeyNode();
            if (Yaml.isMerge(key)) {
                for (MappingNode each : Yaml.merged(tuple.getValueNode())) {
                    castMap(read(each)).forEach((name, value) -> {
                        if (own.contains(name)) {
                            throw new YamlEngineException(
                                    "a merge key stands after the key " + name + ", which it has too: put it first");
                        }
                        if (merged.add(name)) {
                            map.put(name, value);
                        }
                    });
                }
                continue;
            }
            String name = key instanceof ScalarNode scalar ? scalar.getValue() : String.valueOf(read(key));
            if (!own.add(name)) {
                throw new YamlEngineException("the key " + name + " is given twice");
            }
            map.put(name, read(tuple.getValueNode()));
        }
        return map;
    }

    /** A mapping or a list at a place, which is made if nothing is there. */
    static Map<String, Object> childMap(Map<String, Object> parent, String key) {
        Object child = parent.get(key);
        return castMap(child instanceof Map<?, ?> ? child : put(parent, key, new LinkedHashMap<String, Object>()));
    }

    @SuppressWarnings("unchecked") // made above
    static List<Object> childList(Map<String, Object> parent, String key) {
        Object child = parent.get(key);
        return (List<Object>) (child instanceof List<?> ? child : put(parent, key, new ArrayList<>()));
    }

    private static Object put(Map<String, Object> parent, String key, Object value) {
        parent.put(key, value);
        return value;
    }

    @SuppressWarnings("unchecked") // made above
    static Map<String, Object> castMap(Object value) {
        return (Map<String, Object>) value;
    }
}
