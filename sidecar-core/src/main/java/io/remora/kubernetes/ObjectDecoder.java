package io.remora.kubernetes;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.remora.discovery.ServiceId;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads objects of one kind from JSON and turns them into values. Whatever is wrong with one is a result, not an
 * exception. Thread-safe if the mapping is.
 */
final class ObjectDecoder<T extends HasMetadata, V> {

    /** Most of an object's bytes as a rule, and nothing to us. */
    @JsonIgnoreProperties("managedFields")
    private interface WithoutManagedFields {}

    private static final JsonMapper JSON = JsonMapper.builder()
            .addMixIn(ObjectMeta.class, WithoutManagedFields.class)
            .build();

    /** Short of the resource version of most lists, so that the same failure reads the same. */
    private static final int LONGEST_BEGINNING = 60;

    private final Class<T> kind;
    private final Function<T, @Nullable V> mapping;

    /**
     * @param mapping returns null for an object that is of no interest; throws for one that is malformed
     */
    ObjectDecoder(Class<T> kind, Function<T, @Nullable V> mapping) {
        this.kind = kind;
        this.mapping = mapping;
    }

    /**
     * An object that was read.
     *
     * @param key null if not even that could be read
     * @param value null if the object is malformed or of no interest
     * @param problem what is wrong with it; null if nothing is
     */
    record Decoded<V>(
            @Nullable ObjectKey key,
            String uid,
            String resourceVersion,
            @Nullable V value,
            @Nullable String problem) {}

    /**
     * An event of a watch.
     *
     * @param type as the API has it: {@code ADDED MODIFIED DELETED BOOKMARK ERROR}; empty for a line that is no event
     * @param object null for an error
     * @param code status code of an error, or 0
     * @param message of an error
     */
    record Event<V>(String type, @Nullable Decoded<V> object, int code, String message) {}

    /** Reads an object. */
    Decoded<V> object(byte[] json) {
        try {
            return mapped(JSON.readValue(json, kind));
        } catch (RuntimeException e) {
            return malformed(tree(json), e);
        }
    }

    /** Reads a line of a watch. */
    Event<V> event(byte[] json) {
        JsonNode event = tree(json);
        JsonNode object = event.path("object");
        String type = event.path("type").asString("");
        if (type.equals("ERROR")) {
            return new Event<>(
                    type,
                    null,
                    object.path("code").asInt(0),
                    object.path("message").asString(""));
        }
        if (type.equals("BOOKMARK")) {
            return new Event<>(type, new Decoded<>(null, "", version(object), null, null), 0, "");
        }
        try {
            return new Event<>(type, mapped(JSON.treeToValue(object, kind)), 0, "");
        } catch (RuntimeException e) {
            return new Event<>(type, malformed(object, e), 0, "");
        }
    }

    /**
     * Reads the resource version of a list, without its items.
     *
     * @throws SenselessAnswerException if it is no list, saying what it is
     */
    static String listVersion(byte[] envelope) {
        JsonNode list;
        try {
            list = JSON.readTree(envelope);
        } catch (JacksonException e) {
            throw new SenselessAnswerException("the answer is no JSON; it begins with " + beginning(envelope));
        }
        String version = version(list);
        if (version.isEmpty()) {
            throw new SenselessAnswerException(
                    "the answer is no list of the API: it has no resourceVersion; it begins with "
                            + beginning(envelope));
        }
        return version;
    }

    /**
     * Reads which Service an {@code IPAddress} belongs to.
     *
     * @return null if it belongs to something else
     * @throws SenselessAnswerException if it is no IPAddress
     */
    static @Nullable ServiceId serviceOfIpAddress(byte[] json) {
        JsonNode parent = tree(json).path("spec").path("parentRef");
        if (!parent.isObject()) {
            throw new SenselessAnswerException("the answer is no IPAddress; it begins with " + beginning(json));
        }
        String namespace = parent.path("namespace").asString("");
        String name = parent.path("name").asString("");
        boolean service = parent.path("group").asString("").isEmpty()
                && parent.path("resource").asString("").equals("services");
        return service && !namespace.isEmpty() && !name.isEmpty() ? new ServiceId(namespace, name) : null;
    }

    /** Returns the beginning of an answer on one line and in quotes, for messages. */
    static String beginning(byte[] answer) {
        String start = new String(answer, 0, Math.min(answer.length, LONGEST_BEGINNING), StandardCharsets.UTF_8);
        return "'" + start.replaceAll("\\p{Cntrl}+", " ") + "'";
    }

    /**
     * Reads the message of a {@code v1 Status}. Of any other answer, such as a proxy's page, returns the beginning in
     * quotes; empty if there is nothing.
     */
    static String messageOf(byte[] answer) {
        String message = tree(answer).path("message").asString("");
        return message.isEmpty() && answer.length > 0 ? beginning(answer) : message;
    }

    private Decoded<V> mapped(T object) {
        ObjectMeta metadata = object.getMetadata();
        ObjectKey key = ObjectKey.of(metadata);
        return new Decoded<>(
                key,
                metadata.getUid() == null ? "" : metadata.getUid(),
                metadata.getResourceVersion() == null ? "" : metadata.getResourceVersion(),
                mapping.apply(object),
                null);
    }

    private Decoded<V> malformed(JsonNode object, RuntimeException e) {
        JsonNode metadata = object.path("metadata");
        String namespace = metadata.path("namespace").asString("");
        String name = metadata.path("name").asString("");
        String problem = e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage();
        return new Decoded<>(
                namespace.isEmpty() || name.isEmpty() ? null : new ObjectKey(namespace, name),
                metadata.path("uid").asString(""),
                version(object),
                null,
                problem == null ? e.toString() : problem);
    }

    private static String version(JsonNode object) {
        return object.path("metadata").path("resourceVersion").asString("");
    }

    private static JsonNode tree(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }
}
