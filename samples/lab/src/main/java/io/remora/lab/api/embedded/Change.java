package io.remora.lab.api.embedded;

import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One step of the store's history.
 *
 * @param revision its resource version
 * @param before the state that it replaced; null when the object was created
 * @param object the new state; of a deletion the last one, with the deletion's resource version
 */
record Change(long revision, ObjectKey key, @Nullable StoredObject before, StoredObject object, boolean deletion) {

    /**
     * What a watch of the objects that {@code selected} accepts sees of it: an object that begins to match is added, one
     * that ceases to match is deleted.
     */
    Optional<WatchEvent> seenThrough(Predicate<ObjectNode> selected) {
        boolean matched = before != null && selected.test(before.tree());
        boolean matches = !deletion && selected.test(object.tree());
        if (matches) {
            return Optional.of(new WatchEvent(matched ? "MODIFIED" : "ADDED", object));
        }
        if (!matched) {
            return Optional.empty();
        }
        return Optional.of(new WatchEvent("DELETED", deletion ? object : lastMatchingState(before)));
    }

    private StoredObject lastMatchingState(@Nullable StoredObject last) {
        if (last == null) {
            return object;
        }
        ObjectNode copy = last.copy();
        Json.metadata(copy).put("resourceVersion", Long.toString(revision));
        return new StoredObject(copy);
    }
}
