package io.remora.inject;

import io.remora.inject.YamlPlaces.Place;
import io.remora.inject.YamlPlaces.Range;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Takes elements out of collections of a YAML text, as {@link YamlEdits} adds them. Not thread-safe. */
final class YamlRemovals {

    private final TextEdits text;
    private final YamlPlaces places;
    private final Map<String, String> empty;

    /** @param empty what stood in place of the values of keys before they were added to, where that was an empty value */
    YamlRemovals(TextEdits text, Map<String, String> empty) {
        this.text = text;
        this.places = new YamlPlaces(text);
        this.empty = empty;
    }

    /** Removes the items of a list that are meant, and the list if nothing else is in it. */
    void removeItems(MappingNode mapping, String key, Predicate<Node> meant) {
        Place list = Place.of(mapping, key);
        if (list == null) {
            return;
        }
        List<Node> items = Yaml.items(list.value());
        if (!items.isEmpty() && items.stream().allMatch(meant)) {
            removeEntry(mapping, key);
        } else {
            remove(items.stream().map(places::range).toList(), list.value(), i -> meant.test(items.get(i)));
        }
    }

    /** Removes entries of a mapping that is the value of a key of another one, and that key if nothing else is in it. */
    void removeEntries(MappingNode parent, String key, Predicate<String> meant) {
        if (!(Yaml.value(parent, key) instanceof MappingNode mapping)) {
            return;
        }
        List<NodeTuple> entries = mapping.getValue();
        Predicate<NodeTuple> isMeant =
                entry -> entry.getKeyNode() instanceof ScalarNode name && meant.test(name.getValue());
        if (!entries.isEmpty() && entries.stream().allMatch(isMeant)) {
            removeEntry(parent, key);
        } else {
            remove(entries.stream().map(places::range).toList(), mapping, i -> isMeant.test(entries.get(i)));
        }
    }

    /** Removes an entry, or its value if the key was there before. */
    void removeEntry(MappingNode mapping, String key) {
        Place place = Place.of(mapping, key);
        String before = empty.get(key);
        if (place == null) {
            return;
        }
        if (before == null) {
            MappingNode holder = Yaml.holder(mapping, key);
            List<NodeTuple> entries = holder == null ? List.of() : holder.getValue();
            remove(
                    entries.stream().map(places::range).toList(),
                    holder == null ? mapping : holder,
                    i -> entries.get(i) == place.entry());
            return;
        }
        int from = places.empty(place).from();
        text.insert(from, before);
        if (YamlPlaces.isFlow(place.value())) {
            text.remove(from, places.end(place.value()));
        } else {
            text.removeLines(places.below(place.entry()), places.after(place.value()));
        }
    }

    private void remove(List<Range> all, Node collection, Predicate<Integer> meant) {
        int first = 0;
        while (first < all.size()) {
            int next = first;
            while (next < all.size() && meant.test(next)) {
                next++;
            }
            if (next > first) {
                removeRun(all, first, next, YamlPlaces.isFlow(collection));
            }
            first = next + 1;
        }
    }

    /** @param next the first that stays */
    private void removeRun(List<Range> all, int first, int next, boolean flow) {
        int from = all.get(first).from();
        int to = all.get(next - 1).to();
        if (!flow) {
            text.removeLines(text.lineStart(from), text.nextLine(to));
        } else if (next < all.size()) {
            text.remove(from, all.get(next).from());
        } else {
            text.remove(first > 0 ? all.get(first - 1).to() : from, to);
        }
    }
}
