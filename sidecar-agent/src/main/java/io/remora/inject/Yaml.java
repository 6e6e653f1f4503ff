package io.remora.inject;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads documents as nodes that know their places, and writes values as text. Stateless. */
final class Yaml {

    private static final int WIDTH = 1000; // nothing is folded

    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setCodePointLimit(Integer.MAX_VALUE)
            .setAllowDuplicateKeys(false)
            .build();

    private Yaml() {}

    /** @throws org.snakeyaml.engine.v2.exceptions.YamlEngineException if it is no YAML */
    static List<Node> documents(String text) {
        List<Node> documents = new ArrayList<>();
        new Compose(SETTINGS).composeAllFromString(text).forEach(documents::add);
        return documents;
    }

    /** Whether two texts say the same. */
    static boolean isSame(String one, String other) {
        return values(one).equals(values(other));
    }

    private static List<Object> values(String text) {
        List<Object> values = new ArrayList<>();
        new Load(SETTINGS).loadAllFromString(text).forEach(values::add);
        return values;
    }

    /** The entry of a key; null if there is none. */
    static @Nullable NodeTuple entry(@Nullable Node node, String key) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode name
                        && name.getValue().equals(key)) {
                    return tuple;
                }
            }
        }
        return null;
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

    static List<Node> items(@Nullable Node node) {
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of();
    }

    /** The entries of a mapping whose values are scalars. */
    static Map<String, String> texts(@Nullable Node node) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key
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

    /** Returns the lines of a value in block style, each with so many blanks before it. */
    static List<String> block(Object value, int indent) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setDefaultScalarStyle(ScalarStyle.PLAIN)
                .setWidth(WIDTH)
                .build();
        String blanks = " ".repeat(indent);
        return new Dump(settings)
                .dumpToString(value)
                .lines()
                .map(line -> blanks + line)
                .toList();
    }

    /** Returns a value in one line, as JSON, which is YAML too. */
    static String flow(Object value) {
        if (value instanceof Map<?, ?> map) {
            List<String> entries = new ArrayList<>();
            map.forEach((key, each) -> entries.add(quoted(String.valueOf(key)) + ": " + flow(each)));
            return "{" + String.join(", ", entries) + "}";
        }
        if (value instanceof List<?> list) {
            return "[" + String.join(", ", list.stream().map(Yaml::flow).toList()) + "]";
        }
        return value instanceof Number || value instanceof Boolean ? value.toString() : quoted(value.toString());
    }

    static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                json.append('\\').appendCodePoint(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", c));
            } else {
                json.appendCodePoint(c);
            }
        });
        return json.append('"').toString();
    }
}
