package io.remora.kubernetes;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends requests to the API server. Used by, and calling back on, the thread of a {@link WatchLoop} only. */
interface ApiTransport extends AutoCloseable {

    /**
     * Sends a GET request.
     *
     * @param path path and query, from the first slash
     * @param longest after which the answer may be given up in any case
     */
    Exchange get(String path, Duration longest, Listener listener);

    /** Gives the connections up, so that credentials and certificates are read anew. */
    void renew();

    /** Returns the address of a path, for people. */
    String url(String path);

    /** Returns how many connections carry that many open watches, at the most. May be called by any thread. */
    int connections(int watches);

    @Override
    void close();

    /** A request under way. */
    interface Exchange {
        /** Ends it; its listener is not called again. Idempotent. */
        void cancel();

        /**
         * Reports that it was not answered. If nothing at all was heard on its connection since the given time, that is
         * given up as dead and what runs on it fails; a request on a new connection is the only way to find out more,
         * since a client that multiplexes would send it on the dead one.
         */
        void suspect(long since);
    }

    /** Told of an answer: a head, any number of bytes, and one end. */
    interface Listener {
        void head(int status);

        void bytes(ByteBuffer bytes);

        /**
         * The answer is over.
         *
         * @param failure why it broke; null if the answer is complete
         */
        void end(@Nullable Throwable failure);
    }
}
