package io.remora.kubernetes;

import io.remora.kubernetes.ObjectDecoder.Decoded;
import io.remora.kubernetes.ObjectDecoder.Event;
import java.nio.ByteBuffer;

/**
 * Reads a watch, line by line, and writes its objects. A line that makes it useless ends it: what follows is not read.
 * Owned by the loop's thread.
 */
final class WatchReading<V> extends ApiAttempt {

    private final ObjectDecoder<?, V> decoder;
    private final WatchedObjects<V> objects;
    private final Listener listener;
    private final JsonSplitter splitter = JsonSplitter.ofStream(this::line);
    private String version;

    /** Told of a watch: that it is open, any number of events, and one end. */
    interface Listener extends Outcome {
        void opened();

        /**
         * An event or a bookmark was taken.
         *
         * @param version the newest so far
         */
        void event(String version);

        /** All that came together was taken. */
        void taken();

        /** The API server ended the watch. */
        void ended();

        /** The versions are older than ours: this is another API server, or an older state of it. */
        void wentBack();

        /**
         * A line came that is no event.
         *
         * @param beginning of the line, in quotes
         */
        void garbled(String beginning);
    }

    /**
     * @param version after which it begins
     */
    WatchReading(
            ResourceWatch.Shared shared,
            ObjectDecoder<?, V> decoder,
            WatchedObjects<V> objects,
            String version,
            Listener listener) {
        super(
                shared.transport(),
                shared.loop(),
                shared.timing().requestTimeout(),
                shared.timing().watchSilence(),
                listener);
        this.decoder = decoder;
        this.objects = objects;
        this.version = version;
        this.listener = listener;
    }

    @Override
    void opened() {
        listener.opened();
    }

    @Override
    void content(ByteBuffer bytes) {
        splitter.feed(bytes);
        listener.taken();
    }

    private void line(byte[] json) {
        if (isOver()) {
            return;
        }
        Event<V> event = decoder.event(json);
        Decoded<V> object = event.object();
        if (object == null) {
            cancel();
            listener.refused(event.code(), event.message());
        } else if (event.type().isEmpty()) {
            cancel();
            listener.garbled(ObjectDecoder.beginning(json));
        } else if (event.type().equals("BOOKMARK") && ResourceVersions.isOlder(object.resourceVersion(), version)) {
            cancel();
            listener.wentBack();
        } else {
            take(event.type(), object);
        }
    }

    private void take(String type, Decoded<V> object) {
        if (ResourceVersions.isSameOrNewer(object.resourceVersion(), version)) {
            version = object.resourceVersion();
        }
        listener.event(version);
        switch (type) {
            case "ADDED", "MODIFIED" -> objects.take(object);
            case "DELETED" -> {
                if (object.key() != null) {
                    objects.remove(object.key());
                }
            }
            default -> {
                // a bookmark, or a type that is not known yet: neither changes anything
            }
        }
    }

    @Override
    void done() {
        listener.ended();
    }
}
