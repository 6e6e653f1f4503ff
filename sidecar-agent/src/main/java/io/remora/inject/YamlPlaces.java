package io.remora.inject;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Where the parts of collections are in a text. Immutable, as the text is. */
final class YamlPlaces {

    private final TextEdits text;

    YamlPlaces(TextEdits text) {
        this.text = text;
    }

    /**
     * A collection, by the entry that has it as its value.
     *
     * @param inFlow whether that entry is one of a mapping in flow style, as all are in JSON
     */
    record Place(NodeTuple entry, boolean inFlow) {

        /** Of a key of a mapping; null if it does not have it. */
        static @Nullable Place of(@Nullable Node mapping, String key) {
            MappingNode holder = Yaml.holder(mapping, key);
            NodeTuple entry = Yaml.entry(holder, key);
            return holder == null || entry == null ? null : new Place(entry, isFlow(holder));
        }

        Node value() {
            return entry.getValueNode();
        }
    }

    /** From where to where something is. */
    record Range(int from, int to) {}

    Range range(Node node) {
        return new Range(start(node), end(node));
    }

    Range range(NodeTuple entry) {
        return new Range(start(entry.getKeyNode()), end(entry.getValueNode()));
    }

    /** What stands in place of an empty value, with the blanks before it. */
    Range empty(Place place) {
        int from = text.indexOf(':', keyEnd(place.entry())) + 1;
        return new Range(from, Math.max(from, parsedEnd(place.value())));
    }

    private int keyEnd(NodeTuple entry) {
        return text.offset(entry.getKeyNode().getEndMark().orElseThrow());
    }

    /** The line below a key, and below its value if that is empty. */
    int below(NodeTuple entry) {
        int end = Yaml.isEmpty(entry.getValueNode()) ? parsedEnd(entry.getValueNode()) : 0;
        return text.nextLine(Math.max(keyEnd(entry), end));
    }

    /** The line below the last thing of a block. */
    int after(Node block) {
        int end = end(block);
        Node last = lastLeaf(block);
        boolean isWholeLines = last instanceof ScalarNode scalar
                && (scalar.getScalarStyle() == ScalarStyle.LITERAL || scalar.getScalarStyle() == ScalarStyle.FOLDED);
        return isWholeLines && text.lineStart(end) == end ? end : text.nextLine(end);
    }

    int start(Node node) {
        return text.offset(node.getStartMark().orElseThrow());
    }

    private int parsedEnd(Node node) {
        return text.offset(node.getEndMark().orElseThrow());
    }

    /** Where the last thing of a node ends; the parser's own end of a block is where the next thing begins. */
    int end(Node node) {
        return parsedEnd(lastLeaf(node));
    }

    private static Node lastLeaf(Node node) {
        Node last = node;
        while (last instanceof CollectionNode<?> && !isFlow(last) && !Yaml.isEmpty(last)) {
            if (last instanceof MappingNode mapping) {
                last = lastOf(mapping.getValue()).getValueNode();
            } else {
                last = lastOf(((SequenceNode) last).getValue());
            }
        }
        return last;
    }

    private static <T> T lastOf(List<T> list) {
        return list.get(list.size() - 1);
    }

    /** The first key of a mapping, or the first item of a list. */
    static Node first(Node collection) {
        return collection instanceof MappingNode mapping
                ? mapping.getValue().get(0).getKeyNode()
                : ((SequenceNode) collection).getValue().get(0);
    }

    static int keyColumn(NodeTuple entry) {
        return entry.getKeyNode().getStartMark().orElseThrow().getColumn();
    }

    /** The column of the keys of a block mapping, or of the dashes of a block sequence. */
    int column(Node collection) {
        if (collection instanceof MappingNode mapping) {
            return keyColumn(mapping.getValue().get(0));
        }
        int item = start(first(collection));
        int dash = item - 1;
        while (text.at(dash) != '-') {
            dash--;
        }
        return dash - text.lineStart(dash);
    }

    static boolean isFlow(Node node) {
        return node instanceof CollectionNode<?> collection && collection.getFlowStyle() == FlowStyle.FLOW;
    }
}
