package io.remora.kubernetes;

import io.remora.kubernetes.ObjectDecoder.Decoded;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind that the API server has told of: those of use are in a store, of the others only the uid is
 * remembered, so that each of them can be recognised. Owned by the loop's thread.
 */
final class WatchedObjects<V> {

    private final String kind;
    private final ResourceStore<V> store;
    private final MalformedObjects malformed;
    private final Map<ObjectKey, String> leftOut = new HashMap<>(); // uid of what is of no interest or malformed now

    WatchedObjects(String kind, ResourceStore<V> store, MalformedObjects malformed) {
        this.kind = kind;
        this.store = store;
        this.malformed = malformed;
    }

    /** An object is there. If it is malformed, what was known of it stays in use. */
    void take(Decoded<V> object) {
        ObjectKey key = object.key();
        if (key == null) {
            malformed.add(kind, null, object.problem() == null ? "it has no name" : object.problem());
        } else if (object.problem() != null) {
            malformed.add(kind, key, object.problem());
            leftOut.put(key, object.uid());
        } else {
            malformed.clear(kind, key);
            if (object.value() == null) {
                leftOut.put(key, object.uid());
                store.remove(key);
            } else {
                leftOut.remove(key);
                store.put(key, object.value());
            }
        }
    }

    /** An object was deleted. */
    void remove(ObjectKey key) {
        malformed.clear(kind, key);
        leftOut.remove(key);
        store.remove(key);
    }

    /** All objects were listed: those that are not present are gone. */
    void listed(Set<ObjectKey> present) {
        leftOut.keySet().retainAll(present);
        store.listed(present);
    }

    /**
     * Whether a list that begins with this object may be of these.
     *
     * @param first null for an empty list
     */
    boolean mayBeginWith(@Nullable Decoded<V> first) {
        if (first == null) {
            return store.isEmpty() && leftOut.isEmpty();
        }
        ObjectKey key = first.key();
        if (key == null) {
            return false;
        }
        String uid = leftOut.get(key);
        return uid == null ? store.holds(key, first.uid()) : uid.equals(first.uid());
    }
}
