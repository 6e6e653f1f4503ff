package io.remora.discovery;

import java.util.Objects;

/**
 * Namespace and name of a Service. A Service that is deleted and made again under its name has the same id and another
 * uid.
 */
public record ServiceId(String namespace, String name) implements Comparable<ServiceId> {

    public ServiceId {
        if (namespace.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException(
                    "a Service has a namespace and a name: '" + namespace + "/" + name + "'");
        }
        Objects.requireNonNull(name);
    }

    @Override
    public int compareTo(ServiceId other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    /** Returns {@code namespace/name}. */
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
