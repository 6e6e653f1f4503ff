package io.remora.lab.api.embedded;

import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates, replaces, patches and deletes objects as the API server does. Owned by the event loop. */
final class ObjectApi {
    private static final String STATUS = "status";

    private final ObjectStore store;
    private final Admission admission;

    ObjectApi(ObjectStore store) {
        this.store = store;
        this.admission = new Admission(store);
    }

    StoredObject create(Target target, ObjectNode object) {
        ObjectNode metadata = Json.metadata(object);
        String name = Json.text(metadata, "name");
        String prefix = Json.text(metadata, "generateName");
        if (name.isEmpty() && !prefix.isEmpty()) {
            name = prefix + UUID.randomUUID().toString().substring(0, 5);
        }
        ObjectKey key = new ObjectKey(target.type(), target.namespace(), name);
        checkIdentity(key, object);
        if (name.isEmpty()) {
            throw ApiFailure.invalid(key, "metadata.name", "Required value: name or generateName is required");
        }
        if (target.type().namespaced()) {
            checkNamespace(target.namespace());
        }
        if (store.find(key).isPresent()) {
            throw ApiFailure.alreadyExists(key);
        }
        metadata.remove("resourceVersion");
        if (target.type().hasStatus()) {
            object.remove(STATUS);
        }
        Objects.complete(key, object);
        admission.admit(key, object, null);
        return store.put(key, object);
    }

    private void checkNamespace(String namespace) {
        ObjectKey key = new ObjectKey(ResourceType.NAMESPACES, "", namespace);
        if (store.find(key).isEmpty()) {
            throw ApiFailure.notFound(key);
        }
    }

    private static void checkIdentity(ObjectKey key, ObjectNode object) {
        Json.putIfAbsent(object, "kind", key.type().kind());
        Json.putIfAbsent(object, "apiVersion", key.type().apiVersion());
        if (!Json.text(object, "kind").equals(key.type().kind())
                || !Json.text(object, "apiVersion").equals(key.type().apiVersion())) {
            throw ApiFailure.badRequest(
                    "the object is a " + Json.text(object, "apiVersion") + " " + Json.text(object, "kind")
                            + ", the path is that of " + key.type().qualified());
        }
        String namespace = Json.text(object, "metadata", "namespace");
        if (!namespace.isEmpty() && !namespace.equals(key.namespace())) {
            throw ApiFailure.badRequest("the namespace of the object (" + namespace
                    + ") does not match the namespace of the request (" + key.namespace() + ")");
        }
    }

    StoredObject update(Target target, ObjectNode object) {
        ObjectKey key = target.key();
        checkIdentity(key, object);
        if (!Json.text(object, "metadata", "name").equals(key.name())) {
            throw ApiFailure.badRequest("the name of the object does not match the name in the path");
        }
        return replace(target, store.get(key), object);
    }

    StoredObject patch(Target target, String mediaType, byte[] body) {
        ObjectKey key = target.key();
        if (mediaType.equals(Patch.APPLY) && store.find(key).isEmpty()) {
            ObjectNode object = Json.parseYaml(body);
            Json.metadata(object).put("name", key.name());
            return create(target, object);
        }
        StoredObject before = store.get(key);
        return replace(target, before, Patch.apply(mediaType, body, before.copy()));
    }

    private StoredObject replace(Target target, StoredObject before, ObjectNode after) {
        ObjectKey key = target.key();
        ObjectNode old = before.tree();
        checkVersion(key, before, Json.text(after, "metadata", "resourceVersion"));
        ObjectNode next = after;
        if (target.subresource().equals(STATUS)) {
            next = before.copy();
            copy(STATUS, after, next);
        } else if (target.type().hasStatus()) {
            copy(STATUS, old, next);
        }
        keepIdentity(old, next);
        admission.admit(key, next, old);
        if (next.equals(old)) {
            return before;
        }
        if (isReleased(next)) {
            store.put(key, next);
            return remove(key);
        }
        if (Objects.hasGeneration(target.type()) && !sameSpecification(old, next)) {
            Json.metadata(next)
                    .put("generation", old.path("metadata").path("generation").asLong(0) + 1);
        }
        return store.put(key, next);
    }

    private static void checkVersion(ObjectKey key, StoredObject before, String version) {
        if (!version.isEmpty() && !version.equals(before.resourceVersion())) {
            throw ApiFailure.conflict(
                    key, "the object has been modified; please apply your changes to the latest version and try again");
        }
    }

    private static void copy(String field, ObjectNode from, ObjectNode to) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value.deepCopy());
        }
    }

    /** What the server gave an object at its creation cannot be changed by a client. */
    private static void keepIdentity(ObjectNode old, ObjectNode next) {
        ObjectNode from = Json.metadata(old.deepCopy());
        ObjectNode to = Json.metadata(next);
        for (String field : new String[] {
            "name",
            "namespace",
            "uid",
            "creationTimestamp",
            "generation",
            "resourceVersion",
            "deletionTimestamp",
            "deletionGracePeriodSeconds"
        }) {
            copy(field, from, to);
        }
    }

    /** A deleted object whose last finalizer is gone. */
    private static boolean isReleased(ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        return metadata.has("deletionTimestamp")
                && !metadata.has("deletionGracePeriodSeconds")
                && metadata.path("finalizers").isEmpty();
    }

    private static boolean sameSpecification(ObjectNode old, ObjectNode next) {
        ObjectNode a = old.deepCopy();
        ObjectNode b = next.deepCopy();
        for (ObjectNode each : new ObjectNode[] {a, b}) {
            each.remove("metadata");
            each.remove(STATUS);
        }
        return a.equals(b);
    }

    /**
     * Deletes an object: at once, or, of a Pod on a node, when its kubelet says so; or when its finalizers are gone.
     *
     * @param options the request's DeleteOptions
     */
    StoredObject delete(ObjectKey key, ObjectNode options) {
        StoredObject object = store.get(key);
        JsonNode conditions = options.path("preconditions");
        if (conditions.has("uid") && !Json.text(conditions, "uid").equals(object.uid())) {
            throw ApiFailure.conflict(key, "the UID in the precondition does not match the UID in record");
        }
        checkVersion(key, object, Json.text(conditions, "resourceVersion"));
        boolean finalizers = !object.tree().path("metadata").path("finalizers").isEmpty();
        long grace = gracePeriod(key, object.tree(), options);
        if (grace == 0 && !finalizers) {
            return remove(key);
        }
        ObjectNode marked = object.copy();
        ObjectNode metadata = Json.metadata(marked);
        Json.putIfAbsent(metadata, "deletionTimestamp", Objects.now());
        if (grace > 0) {
            metadata.put("deletionGracePeriodSeconds", grace);
        } else {
            metadata.remove("deletionGracePeriodSeconds");
        }
        return marked.equals(object.tree()) ? object : store.put(key, marked);
    }

    private static long gracePeriod(ObjectKey key, ObjectNode object, ObjectNode options) {
        if (!key.type().equals(ResourceType.PODS)
                || Json.text(object, "spec", "nodeName").isEmpty()) {
            return 0;
        }
        long usual = object.path("spec").path("terminationGracePeriodSeconds").asLong(30);
        return options.path("gracePeriodSeconds").asLong(usual);
    }

    private StoredObject remove(ObjectKey key) {
        if (key.type().equals(ResourceType.NAMESPACES)) {
            store.keysIn(key.name()).forEach(this::remove);
        }
        StoredObject last = store.delete(key);
        admission.deleted(key, last.tree());
        return last;
    }
}
