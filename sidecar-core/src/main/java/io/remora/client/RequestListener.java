package io.remora.client;

import io.remora.registry.DestinationId;

/** Hears of the requests of this process. Called by the thread that makes the request; returns quickly and does not throw. */
public interface RequestListener {

    /** Does nothing. */
    RequestListener NONE = new RequestListener() {};

    /** A request goes to its first endpoint. */
    default void began(DestinationId destination) {}

    /** A request goes to another endpoint, since it could not be sent to the one before. */
    default void retried(DestinationId destination) {}

    /** A request is not sent at all. */
    default void refused(DestinationId destination, RequestRefusedException.Reason reason) {}
}
