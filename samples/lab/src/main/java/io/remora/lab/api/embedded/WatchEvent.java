package io.remora.lab.api.embedded;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a watch sends.
 *
 * @param type {@code ADDED}, {@code MODIFIED}, {@code DELETED}, {@code BOOKMARK} or {@code ERROR}
 */
record WatchEvent(String type, StoredObject object) {

    static WatchEvent error(ApiFailure failure) {
        return new WatchEvent("ERROR", new StoredObject(failure.status()));
    }

    /**
     * A bookmark: everything up to {@code revision} has been sent.
     *
     * @param initialEventsEnd whether it ends the objects that existed when the watch began (KEP-3157)
     */
    static WatchEvent bookmark(ResourceType type, long revision, boolean initialEventsEnd) {
        ObjectNode object = Json.object();
        object.put("kind", type.kind()).put("apiVersion", type.apiVersion());
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("resourceVersion", Long.toString(revision));
        if (initialEventsEnd) {
            metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        return new WatchEvent("BOOKMARK", new StoredObject(object));
    }

    ByteBuf json() {
        byte[] head = ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.UTF_8);
        byte[] tail = {'}'};
        return Unpooled.wrappedBuffer(head, object.json(), tail);
    }
}
