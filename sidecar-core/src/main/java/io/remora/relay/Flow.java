package io.remora.relay;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One direction of a tunnel. Its event loop owns it. */
final class Flow {

    /** What is behind the last byte that was read. */
    enum End {
        NONE,
        EOF,
        RESET
    }

    final EdgeSocket from;
    final EdgeSocket to;

    /** Bytes that the other side did not take yet; nothing is read meanwhile. */
    @Nullable
    ByteBuf held;

    /** A first byte came. */
    boolean begun;

    /** Bytes that the other side took. */
    long moved;

    End end = End.NONE;

    /** The end has been passed on. */
    boolean finished;

    /** The other side takes no more: whatever comes is dropped, and nothing is read. */
    boolean dead;

    Flow(EdgeSocket from, EdgeSocket to) {
        this.from = from;
        this.to = to;
    }
}
