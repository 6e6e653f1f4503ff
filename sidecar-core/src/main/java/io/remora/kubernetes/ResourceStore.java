package io.remora.kubernetes;

import java.util.Set;

/** Where a watch writes what it reads of one kind of object. Owned by one thread. */
interface ResourceStore<V> {

    /** An object is new or changed. */
    void put(ObjectKey key, V value);

    /** An object is gone, or of no interest any more. */
    void remove(ObjectKey key);

    /** All objects were listed: those that are not present are gone. */
    void listed(Set<ObjectKey> present);

    /** Whether nothing is known. */
    boolean isEmpty();

    /** Whether that very object, not another under its name, is known. */
    boolean holds(ObjectKey key, String uid);
}
