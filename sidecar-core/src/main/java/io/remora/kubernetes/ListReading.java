package io.remora.kubernetes;

import io.remora.kubernetes.ObjectDecoder.Decoded;
import java.nio.ByteBuffer;

/** Reads the answer to a list, object by object. Owned by the loop's thread. */
final class ListReading<V> extends ApiAttempt {

    private final ObjectDecoder<?, V> decoder;
    private final Listener<V> listener;
    private final JsonSplitter splitter = JsonSplitter.ofList(this::item);

    /** Told of a list: any number of objects, and then one end. */
    interface Listener<V> extends Outcome {
        void item(Decoded<V> object);

        /**
         * The list is complete.
         *
         * @param version from which a watch can follow it
         */
        void complete(String version);
    }

    ListReading(ResourceWatch.Shared shared, ObjectDecoder<?, V> decoder, Listener<V> listener) {
        super(
                shared.transport(),
                shared.loop(),
                shared.timing().requestTimeout(),
                shared.timing().requestTimeout(),
                listener);
        this.decoder = decoder;
        this.listener = listener;
    }

    @Override
    void content(ByteBuffer bytes) {
        splitter.feed(bytes);
    }

    private void item(byte[] json) {
        listener.item(decoder.object(json));
    }

    @Override
    void done() {
        listener.complete(ObjectDecoder.listVersion(splitter.envelope()));
    }
}
