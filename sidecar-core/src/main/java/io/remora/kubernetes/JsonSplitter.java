package io.remora.kubernetes;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Cuts the answer of an API server into its objects while it arrives, so that a list of any length takes the memory of
 * one object, and one that cannot be read does not spoil the others. It only follows strings and brackets; whether an
 * object is valid JSON shows when it is read. Not thread-safe.
 */
final class JsonSplitter {

    /** Far above the largest object that etcd takes. */
    private static final int LARGEST_OBJECT = 32 << 20;

    private final boolean list;
    private final Consumer<byte[]> objects;
    private final ByteArrayOutputStream object = new ByteArrayOutputStream();
    private final ByteArrayOutputStream envelope = new ByteArrayOutputStream();
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean inItems;
    private boolean inObject;
    private boolean complete;

    private JsonSplitter(boolean list, Consumer<byte[]> objects) {
        this.list = list;
        this.objects = objects;
    }

    /** For one object with a list {@code items} in it, whose elements are wanted. */
    static JsonSplitter ofList(Consumer<byte[]> items) {
        return new JsonSplitter(true, items);
    }

    /** For objects one after another. */
    static JsonSplitter ofStream(Consumer<byte[]> objects) {
        return new JsonSplitter(false, objects);
    }

    /**
     * Takes the next bytes.
     *
     * @throws SenselessAnswerException if this can be no answer of an API server
     */
    void feed(ByteBuffer bytes) {
        byte[] chunk = new byte[bytes.remaining()];
        bytes.get(chunk);
        int from = 0; // where the bytes of the current object begin in this chunk
        for (int i = 0; i < chunk.length; i++) {
            byte b = chunk[i];
            if (inString) {
                inString = escaped || b != '"';
                escaped = !escaped && b == '\\';
            } else if (b == '"') {
                inString = true;
            } else if (b == '{' || b == '[') {
                if (!inObject && b == '{' && (list ? inItems && depth == 2 : depth == 0)) {
                    inObject = true;
                    from = i;
                }
                depth++;
                if (list && depth == 2 && b == '[') {
                    inItems = true;
                    envelope.write(b);
                }
            } else if (b == '}' || b == ']') {
                depth--;
                if (depth < 0) {
                    throw new SenselessAnswerException("the answer is no JSON");
                }
                if (inObject && depth == (list ? 2 : 0)) {
                    object.write(chunk, from, i + 1 - from);
                    inObject = false;
                    byte[] whole = object.toByteArray();
                    object.reset();
                    objects.accept(whole);
                    continue;
                }
                if (inItems && depth == 1) {
                    inItems = false;
                }
                complete = depth == 0;
            }
            if (!inItems && !inObject && list) {
                envelope.write(b);
            }
        }
        if (inObject) {
            object.write(chunk, from, chunk.length - from);
        }
        if (object.size() > LARGEST_OBJECT || envelope.size() > LARGEST_OBJECT) {
            throw new SenselessAnswerException("the answer holds an object of more than " + LARGEST_OBJECT + " bytes");
        }
    }

    /**
     * Returns the list without its items.
     *
     * @throws SenselessAnswerException if it is not complete
     */
    byte[] envelope() {
        if (!complete) {
            throw new SenselessAnswerException(
                    "the answer is not complete; it begins with " + ObjectDecoder.beginning(envelope.toByteArray()));
        }
        return envelope.toByteArray();
    }
}
