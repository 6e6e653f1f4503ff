package io.remora.lab.api.embedded;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** What all objects have in common. */
final class Objects {
    private Objects() {}

    /** A new object with its type and metadata filled in. */
    static ObjectNode create(ObjectKey key) {
        ObjectNode object = Json.object();
        object.put("kind", key.type().kind()).put("apiVersion", key.type().apiVersion());
        complete(key, object);
        return object;
    }

    /** Fills in what the server, not the client, decides of a new object's metadata. */
    static void complete(ObjectKey key, ObjectNode object) {
        ObjectNode metadata = Json.metadata(object);
        metadata.put("name", key.name());
        if (key.type().namespaced()) {
            metadata.put("namespace", key.namespace());
        }
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", now());
        if (hasGeneration(key.type())) {
            metadata.put("generation", 1);
        }
    }

    /** Whether {@code metadata.generation} counts the changes of its specification. */
    static boolean hasGeneration(ResourceType type) {
        return type.group().equals("apps")
                || type.equals(ResourceType.ENDPOINT_SLICES)
                || type.equals(ResourceType.PODS);
    }

    static ObjectKey key(ResourceType type, ObjectNode object) {
        return new ObjectKey(type, Json.text(object, "metadata", "namespace"), Json.text(object, "metadata", "name"));
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
