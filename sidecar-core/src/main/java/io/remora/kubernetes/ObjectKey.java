package io.remora.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import org.jspecify.annotations.Nullable;

/** Namespace and name of an object of one kind. */
record ObjectKey(String namespace, String name) implements Comparable<ObjectKey> {

    /**
     * @throws IllegalArgumentException if the object has no namespace or no name
     */
    static ObjectKey of(@Nullable ObjectMeta metadata) {
        if (metadata == null || isBlank(metadata.getNamespace()) || isBlank(metadata.getName())) {
            throw new IllegalArgumentException("metadata.namespace or metadata.name is missing");
        }
        return new ObjectKey(metadata.getNamespace(), metadata.getName());
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    @Override
    public int compareTo(ObjectKey other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
