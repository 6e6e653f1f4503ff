package io.remora.relay;

/**
 * How much is read at once, which bounds what a connection can hold when its other side does not read. It grows with the
 * bytes that a direction has moved, as ztunnel's buffers do: most connections are small, and the few big ones deserve
 * few system calls.
 */
final class BufferSizes {

    static final int SMALL = 1 << 10;
    static final int MEDIUM = 16 << 10;
    static final int LARGE = 256 << 10;

    /** Room for the largest read; a small read that was filled is continued by a medium one. */
    static final int CAPACITY = LARGE;

    private static final long MEDIUM_AFTER = 128 << 10;
    private static final long LARGE_AFTER = 10 << 20;

    private BufferSizes() {}

    /**
     * Returns the bytes to read at once.
     *
     * @param moved bytes that this direction of the connection has moved so far
     * @param scarce all connections together hold a lot
     */
    static int next(long moved, boolean scarce) {
        if (moved < MEDIUM_AFTER) {
            return SMALL;
        }
        return moved < LARGE_AFTER || scarce ? MEDIUM : LARGE;
    }
}
