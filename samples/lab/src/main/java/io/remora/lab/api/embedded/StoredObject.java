package io.remora.lab.api.embedded;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One state of an object. Its tree is never changed; its text is made once, however many watches send it. Owned by the event
 * loop.
 */
final class StoredObject {
    private final ObjectNode tree;
    private byte @Nullable [] json;

    StoredObject(ObjectNode tree) {
        this.tree = tree;
    }

    /** For reading only; take {@link #copy()} to change it. */
    ObjectNode tree() {
        return tree;
    }

    ObjectNode copy() {
        return tree.deepCopy();
    }

    String uid() {
        return Json.text(tree, "metadata", "uid");
    }

    String resourceVersion() {
        return Json.text(tree, "metadata", "resourceVersion");
    }

    byte[] json() {
        byte[] made = json;
        if (made == null) {
            made = Json.bytes(tree);
            json = made;
        }
        return made;
    }
}
