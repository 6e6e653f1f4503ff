package io.remora.inject;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Adds to collections of a YAML text, and removes from them. What is added comes first in its collection: in block style right
 * below the line of its key, so that a comment stays with what it stands before. Not thread-safe.
 */
final class YamlEdits {

    private static final int INDENT = 2;

    private final TextEdits text;

    YamlEdits(TextEdits text) {
        this.text = text;
    }

    /**
     * A collection, by the entry that has it as its value.
     *
     * @param inFlow whether that entry is one of a mapping in flow style, as all are in JSON
     */
    record Place(NodeTuple entry, boolean inFlow) {

        /** Of a key of a mapping; null if it does not have it. */
        static @Nullable Place of(MappingNode mapping, String key) {
            NodeTuple entry = Yaml.entry(mapping, key);
            return entry == null ? null : new Place(entry, isFlow(mapping));
        }

        Node value() {
            return entry.getValueNode();
        }
    }

    /** Adds items to the list that a key of a mapping has, which is made if it is not there. */
    void addItems(Place mapping, String key, List<?> items) {
        Place list = mapping.value() instanceof MappingNode node ? Place.of(node, key) : null;
        if (list == null) {
            add(mapping, Map.of(key, items));
        } else {
            add(list, items);
        }
    }

    /** Adds entries to a mapping that has none of their keys, or items to a list. */
    void add(Place place, Object value) {
        Node collection = place.value();
        if (isEmpty(collection)) {
            fill(place, value);
        } else if (isFlow(collection)) {
            String flow = Yaml.flow(value);
            text.insert(first(collection), flow.substring(1, flow.length() - 1) + ", ");
        } else {
            text.insertLines(below(place.entry()), Yaml.block(value, column(collection)));
        }
    }

    /** Where the first element of a collection begins. */
    private int first(Node collection) {
        Node node = collection instanceof MappingNode mapping
                ? mapping.getValue().get(0).getKeyNode()
                : ((SequenceNode) collection).getValue().get(0);
        return text.offset(node.getStartMark().orElseThrow());
    }

    /** Puts a value where there is none, or an empty one. */
    private void fill(Place place, Object value) {
        int start = text.offset(place.value().getStartMark().orElseThrow());
        int end = text.offset(place.value().getEndMark().orElseThrow());
        if (place.inFlow()) {
            if (end > start) {
                text.remove(start, end);
            }
            text.insert(end, end > start ? Yaml.flow(value) : " " + Yaml.flow(value));
            return;
        }
        int from = start;
        while (text.at(from - 1) == ' ') {
            from--;
        }
        if (end > from) {
            text.remove(from, end);
        }
        text.insertLines(below(place.entry()), Yaml.block(value, keyColumn(place.entry()) + INDENT));
    }

    private int below(NodeTuple entry) {
        return text.nextLine(text.offset(entry.getKeyNode().getEndMark().orElseThrow()));
    }

    private static int keyColumn(NodeTuple entry) {
        return entry.getKeyNode().getStartMark().orElseThrow().getColumn();
    }

    /** The column of the keys of a block mapping, or of the dashes of a block sequence. */
    private int column(Node collection) {
        if (collection instanceof MappingNode mapping) {
            return keyColumn(mapping.getValue().get(0));
        }
        int item = first(collection);
        return dash(item) - text.lineStart(item);
    }

    /** The dash before an item. */
    private int dash(int item) {
        int at = item - 1;
        while (text.at(at) != '-') {
            at--;
        }
        return at;
    }

    private static boolean isEmpty(Node node) {
        return Yaml.isNull(node)
                || node instanceof CollectionNode<?> collection
                        && collection.getValue().isEmpty();
    }

    private static boolean isFlow(Node node) {
        return node instanceof CollectionNode<?> collection && collection.getFlowStyle() == FlowStyle.FLOW;
    }

    /** Removes the items of a list that are meant, and the list if nothing else is in it. */
    void removeItems(MappingNode mapping, String key, Predicate<Node> meant) {
        NodeTuple entry = Yaml.entry(mapping, key);
        if (entry == null) {
            return;
        }
        List<Node> items = Yaml.items(entry.getValueNode());
        List<Node> removed = items.stream().filter(meant).toList();
        if (!removed.isEmpty() && removed.size() == items.size()) {
            removeEntries(mapping, List.of(key));
        } else {
            List<Range> ranges = items.stream().map(this::range).toList();
            for (Node each : removed) {
                int i = items.indexOf(each);
                remove(
                        ranges,
                        i,
                        isFlow(entry.getValueNode()),
                        text.lineStart(ranges.get(i).from()));
            }
        }
    }

    /** Removes entries of a mapping, which others stay in. */
    void removeEntries(MappingNode mapping, List<String> keys) {
        List<NodeTuple> entries = mapping.getValue();
        List<Range> ranges = entries.stream()
                .map(tuple -> new Range(
                        text.offset(tuple.getKeyNode().getStartMark().orElseThrow()), end(tuple.getValueNode())))
                .toList();
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).getKeyNode() instanceof ScalarNode name && keys.contains(name.getValue())) {
                remove(ranges, i, isFlow(mapping), text.lineStart(ranges.get(i).from()));
            }
        }
    }

    private void remove(List<Range> all, int index, boolean flow, int line) {
        Range range = all.get(index);
        if (!flow) {
            text.remove(line, text.nextLine(range.to()));
        } else if (index < all.size() - 1) {
            text.remove(range.from(), all.get(index + 1).from());
        } else if (index > 0) {
            text.remove(all.get(index - 1).to(), range.to());
        } else {
            text.remove(range.from(), range.to());
        }
    }

    private record Range(int from, int to) {}

    private Range range(Node node) {
        return new Range(text.offset(node.getStartMark().orElseThrow()), end(node));
    }

    /** Where the last thing of a node ends; the parser's own end of a block is where the next thing begins. */
    private int end(Node node) {
        if (node instanceof CollectionNode<?> && !isFlow(node) && !isEmpty(node)) {
            List<Node> last = new ArrayList<>();
            if (node instanceof MappingNode mapping) {
                mapping.getValue().forEach(tuple -> last.add(tuple.getValueNode()));
            } else {
                last.addAll(((SequenceNode) node).getValue());
            }
            return end(last.get(last.size() - 1));
        }
        return text.offset(node.getEndMark().orElseThrow());
    }
}
