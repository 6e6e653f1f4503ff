package io.remora.lab.api.embedded;

import java.util.Comparator;

/**
 * What names an object; ordered by type, namespace and name, as lists are.
 *
 * @param namespace empty for objects of the cluster
 */
record ObjectKey(ResourceType type, String namespace, String name) implements Comparable<ObjectKey> {
    private static final Comparator<ObjectKey> ORDER = Comparator.comparing(
                    (ObjectKey key) -> key.type().qualified())
            .thenComparing(ObjectKey::namespace)
            .thenComparing(ObjectKey::name);

    @Override
    public int compareTo(ObjectKey other) {
        return ORDER.compare(this, other);
    }
}
