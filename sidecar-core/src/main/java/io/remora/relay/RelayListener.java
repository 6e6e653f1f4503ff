package io.remora.relay;

import io.remora.balancer.Outcome;
import io.remora.registry.DestinationId;
import org.jspecify.annotations.Nullable;

/**
 * Hears what the relay does. Every method may be called by several event loops at once and returns quickly. What
 * it throws is logged and changes nothing for the connection. A destination that is null stands for a connection that is passed through to where it was going.
 */
public interface RelayListener {

    /** Hears nothing. */
    RelayListener NONE = new RelayListener() {};

    /** A connection from downstream was accepted. {@link #closed} follows exactly once. */
    default void accepted() {}

    /** An accepted connection waits until the registry knows its address. */
    default void held() {}

    /**
     * It is known where a connection goes. At most once for each connection, not at all if it ends before.
     *
     * @return what hears of the bytes of this connection; may be shared by connections
     */
    default Traffic opened(@Nullable DestinationId destination) {
        return Traffic.NONE;
    }

    /** An attempt after the first began: an earlier one failed, or is slow. */
    default void retried(@Nullable DestinationId destination) {}

    /**
     * A connect attempt ended.
     *
     * @param nanos from its start
     */
    default void connectAttempt(@Nullable DestinationId destination, Outcome outcome, long nanos) {}

    /**
     * A connection ended.
     *
     * @param sent bytes from downstream that upstream took
     * @param received bytes from upstream that downstream took
     * @param nanos since it was accepted
     */
    default void closed(
            @Nullable DestinationId destination, CloseReason reason, long sent, long received, long nanos) {}

    /** An event loop stopped accepting, because the process has no file descriptor or memory left. */
    default void acceptPaused() {}

    /** An event loop that had stopped accepting accepts again. */
    default void acceptResumed() {}

    /** Hears of moved bytes, once per batch. */
    interface Traffic {

        /** Counts nothing. */
        Traffic NONE = new Traffic() {};

        /** Upstream took bytes from downstream. */
        default void sent(long bytes) {}

        /** Downstream took bytes from upstream. */
        default void received(long bytes) {}
    }
}
