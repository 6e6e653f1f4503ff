package io.remora.relay;

import java.util.Locale;

/**
 * Which live connections somebody wants to see.
 *
 * @param order which come first
 * @param limit at most so many, 1 or more
 * @param text what the name of their Service or one of their addresses holds, in any case; empty for all
 */
public record ConnectionQuery(Order order, int limit, String text) {

    public ConnectionQuery {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or more: " + limit);
        }
        text = text.toLowerCase(Locale.ROOT);
    }

    /** What comes first. */
    public enum Order {
        NEWEST,
        OLDEST,
        /** Most bytes from downstream. */
        SENT,
        /** Most bytes from upstream. */
        RECEIVED
    }

    /** The higher it is, the earlier a connection comes. */
    long rank(long id, long sent, long received) {
        return switch (order) {
            case NEWEST -> id;
            case OLDEST -> -id;
            case SENT -> sent;
            case RECEIVED -> received;
        };
    }
}
