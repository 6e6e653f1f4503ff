package io.remora.inject;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/**
 * Reads documents as nodes that know their places. Merge keys ({@code <<}) are followed, as Kubernetes follows them. Stateless.
 */
final class Yaml {

    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setSchema(new UnmergedSchema())
            .setCodePointLimit(Integer.MAX_VALUE)
            .setMaxAliasesForCollections(Integer.MAX_VALUE) // YamlValues counts what they make
            .build();

    /** What Kubernetes, which reads YAML 1.1, takes for true. */
    private static final Set<String> TRUE = Set.of("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON");

    private static final Set<String> FALSE = Set.of("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF");

    private Yaml() {}

    /** @throws org.snakeyaml.engine.v2.exceptions.YamlEngineException if it is no YAML */
    static List<Node> documents(String text) {
        List<Node> documents = new ArrayList<>();
        new Compose(SETTINGS).composeAllFromString(text).forEach(documents::add);
        return documents;
    }

    /** The mapping that has a key itself: this one, or one that it merges; null if none has it. */
    static @Nullable MappingNode holder(@Nullable Node node, String key) {
        if (!(node instanceof MappingNode mapping)) {
            return null;
        }
        if (own(mapping, key) != null) {
            return mapping;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (isMerge(tuple.getKeyNode())) {
                for (MappingNode merged : merged(tuple.getValueNode())) {
                    MappingNode holder = holder(merged, key);
                    if (holder != null) {
                        return holder;
                    }
                }
            }
        }
        return null;
    }

    private static @Nullable NodeTuple own(MappingNode mapping, String key) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key)) {
                return tuple;
            }
        }
        return null;
    }

    static boolean isMerge(Node key) {
        return key instanceof ScalarNode scalar
                && scalar.getScalarStyle() == ScalarStyle.PLAIN
                && scalar.getValue().equals("<<");
    }

    /** The mappings that a merge key names, the first wins. */
    static List<MappingNode> merged(Node value) {
        List<MappingNode> mappings = new ArrayList<>();
        for (Node each : value instanceof SequenceNode sequence ? sequence.getValue() : List.of(value)) {
            if (each instanceof MappingNode mapping) {
                mappings.add(mapping);
            }
        }
        return mappings;
    }

    /** The entry of a key; null if there is none. */
    static @Nullable NodeTuple entry(@Nullable Node node, String key) {
        MappingNode holder = holder(node, key);
        return holder == null ? null : own(holder, key);
    }

    static @Nullable Node value(@Nullable Node node, String... path) {
        Node found = node;
        for (String key : path) {
            NodeTuple entry = entry(found, key);
            found = entry == null ? null : entry.getValueNode();
        }
        return found;
    }

    /** The text of a scalar; null if there is none. */
    static @Nullable String text(@Nullable Node node, String... path) {
        return value(node, path) instanceof ScalarNode scalar && !isNull(scalar) ? scalar.getValue() : null;
    }

    /** What Kubernetes takes a scalar for; null if it is neither. */
    static @Nullable Boolean truth(@Nullable Node node, String... path) {
        if (value(node, path) instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN) {
            if (TRUE.contains(scalar.getValue())) {
                return true;
            }
            return FALSE.contains(scalar.getValue()) ? false : null;
        }
        return null;
    }

    static List<Node> items(@Nullable Node node) {
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of();
    }

    static @Nullable Node first(List<Node> items) {
        return items.isEmpty() ? null : items.get(0);
    }

    /** The entries of a mapping whose values are scalars. */
    static Map<String, String> texts(@Nullable Node node) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (isMerge(tuple.getKeyNode())) {
                    merged(tuple.getValueNode()).forEach(merged -> texts(merged).forEach(texts::putIfAbsent));
                } else if (tuple.getKeyNode() instanceof ScalarNode key
                        && tuple.getValueNode() instanceof ScalarNode scalar
                        && !isNull(scalar)) {
                    texts.put(key.getValue(), scalar.getValue());
                }
            }
        }
        return texts;
    }

    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    /** Whether a node says no more than its absence would. */
    static boolean isEmpty(Node node) {
        return isNull(node)
                || node instanceof MappingNode mapping && mapping.getValue().isEmpty()
                || node instanceof SequenceNode sequence && sequence.getValue().isEmpty();
    }

    /** YAML's core schema, where the parser leaves merge keys as they are written. */
    private static final class UnmergedSchema extends JsonSchema {

        private final ScalarResolver resolver = new CoreScalarResolver(false);

        @Override
        public ScalarResolver getScalarResolver() {
            return resolver;
        }
    }
}
