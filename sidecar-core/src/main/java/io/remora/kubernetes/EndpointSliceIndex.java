package io.remora.kubernetes;

import io.remora.discovery.ServiceId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * EndpointSlices by name, and by the Service they belong to, whether that is known already or not. A slice whose label
 * changes moves to the Service that it names now. Owned by one thread.
 */
final class EndpointSliceIndex {

    private final Map<ObjectKey, SliceContent> slices = new HashMap<>();
    // By slice name: a TreeMap, or an immutable map of one, which most Services have and which is much smaller.
    private final Map<ServiceId, Map<String, SliceContent>> byService = new HashMap<>();
    private final Consumer<ServiceId> changed;

    /**
     * @param changed told of each Service whose endpoints may have changed
     */
    EndpointSliceIndex(Consumer<ServiceId> changed) {
        this.changed = changed;
    }

    /** Takes a slice, new or in place of the one of that name. */
    void put(ObjectKey slice, SliceContent content) {
        SliceContent before = slices.put(slice, content);
        if (content.equals(before)) {
            return;
        }
        if (before != null && !before.service().equals(content.service())) {
            unlink(slice, before);
        }
        Map<String, SliceContent> siblings = byService.get(content.service());
        if (siblings == null || siblings.size() == 1 && siblings.containsKey(slice.name())) {
            byService.put(content.service(), Map.of(slice.name(), content));
        } else {
            Map<String, SliceContent> sorted = siblings instanceof TreeMap ? siblings : new TreeMap<>(siblings);
            sorted.put(slice.name(), content);
            byService.put(content.service(), sorted);
        }
        changed.accept(content.service());
    }

    /** Forgets a slice, if it is known. */
    void remove(ObjectKey slice) {
        SliceContent before = slices.remove(slice);
        if (before != null) {
            unlink(slice, before);
        }
    }

    private void unlink(ObjectKey slice, SliceContent content) {
        Map<String, SliceContent> siblings = byService.get(content.service());
        if (siblings == null || siblings.size() == 1) {
            byService.remove(content.service());
        } else {
            siblings.remove(slice.name());
        }
        changed.accept(content.service());
    }

    /** Returns a slice; null if it is not known. */
    @Nullable
    SliceContent get(ObjectKey slice) {
        return slices.get(slice);
    }

    /** Returns the names of all known slices, now. */
    Set<ObjectKey> names() {
        return Set.copyOf(slices.keySet());
    }

    /** Returns the endpoints of one Service, merged from its slices alone. */
    MergedEndpoints merged(ServiceId service) {
        return MergedEndpoints.of(byService.getOrDefault(service, Map.of()).values());
    }
}
