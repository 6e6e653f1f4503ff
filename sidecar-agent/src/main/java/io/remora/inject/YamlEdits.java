package io.remora.inject;

import io.remora.inject.YamlPlaces.Place;
import io.remora.inject.YamlPlaces.Range;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Adds to collections of a YAML text. What is added first in block style comes right below the line of the key, so that a
 * comment stays with what it stands before. Not thread-safe.
 */
final class YamlEdits {

    private static final int INDENT = 2;

    private final TextEdits text;
    private final YamlPlaces places;

    YamlEdits(TextEdits text) {
        this.text = text;
        this.places = new YamlPlaces(text);
    }

    /** The text of an empty value, which goes when it is added to; null if there is none. */
    @Nullable
    String emptyText(@Nullable Place place) {
        if (place == null || !Yaml.isEmpty(place.value())) {
            return null;
        }
        Range empty = places.empty(place);
        return text.between(empty.from(), empty.to());
    }

    /** Adds items at the beginning of the list that a key of a mapping has, which is made if it is not there. */
    void addFirst(Place mapping, String key, List<?> items) {
        Place list = Place.of(mapping.value(), key);
        if (list == null) {
            add(mapping, Map.of(key, items));
        } else {
            add(list, items);
        }
    }

    /** Adds items at the end of the list that a key of a mapping has, which is made if it is not there. */
    void addLast(Place mapping, String key, List<?> items) {
        Place list = Place.of(mapping.value(), key);
        if (list == null || !(list.value() instanceof SequenceNode node) || Yaml.isEmpty(node)) {
            addFirst(mapping, key, items);
        } else if (YamlPlaces.isFlow(node)) {
            List<Node> there = node.getValue();
            text.insert(places.end(there.get(there.size() - 1)), ", " + inside(items));
        } else {
            text.insertLines(places.after(node), YamlText.block(items, places.column(node)));
        }
    }

    /** Adds entries to a mapping that has none of their keys, or items to a list, at the beginning. */
    void add(Place place, Object value) {
        Node collection = place.value();
        if (Yaml.isEmpty(collection)) {
            fill(place, value);
        } else if (YamlPlaces.isFlow(collection)) {
            text.insert(places.start(YamlPlaces.first(collection)), inside(value) + ", ");
        } else {
            text.insertLines(places.below(place.entry()), YamlText.block(value, places.column(collection)));
        }
    }

    private static String inside(Object value) {
        String flow = YamlText.flow(value);
        return flow.substring(1, flow.length() - 1);
    }

    /** Puts a value where there is none, or an empty one. */
    private void fill(Place place, Object value) {
        Range empty = places.empty(place);
        if (empty.to() > empty.from()) {
            text.remove(empty.from(), empty.to());
        }
        if (place.inFlow()) {
            text.insert(empty.to(), " " + YamlText.flow(value));
        } else {
            int column = YamlPlaces.keyColumn(place.entry()) + INDENT;
            text.insertLines(places.below(place.entry()), YamlText.block(value, column));
        }
    }
}
