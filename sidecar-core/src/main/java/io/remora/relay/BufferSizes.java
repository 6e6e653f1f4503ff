package io.remora.relay;

/**
 * How much is read at once, which bounds what a connection can hold when its other side does not read. It grows with the
 * bytes that a direction has moved, as ztunnel's buffers do: most connections are small, and the few big ones deserve
 * few system calls. It shrinks as memory does, down to less than a connection costs anyway, and never to nothing: those
 * that are read go on, however many others are not.
 */
final class BufferSizes {

    static final int TINY = 1 << 8;
    static final int SMALL = 1 << 10;
    static final int MEDIUM = 16 << 10;
    static final int LARGE = 256 << 10;

    /** Room for the largest read; while there is memory, a small read that was filled is continued by a medium one. */
    static final int CAPACITY = LARGE;

    private static final long MEDIUM_AFTER = 128 << 10;
    private static final long LARGE_AFTER = 10 << 20;

    private BufferSizes() {}

    /**
     * Returns the bytes to read at once.
     *
     * @param moved bytes that this direction of the connection has moved so far
     * @param held bytes that all connections of the loop hold together
     * @param memory bytes that they may hold before less is read
     */
    static int next(long moved, long held, long memory) {
        if (held > 2 * memory) {
            return TINY;
        }
        if (held > memory || moved < MEDIUM_AFTER) {
            return SMALL;
        }
        return moved < LARGE_AFTER ? MEDIUM : LARGE;
    }
}
