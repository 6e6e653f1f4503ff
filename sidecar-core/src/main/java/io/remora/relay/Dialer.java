package io.remora.relay;

import java.net.InetSocketAddress;

/**
 * Opens connections.
 *
 * @param <S> what stands for a connection under way
 */
interface Dialer<S> {

    /**
     * Begins to connect. Unless it fails at once or is cancelled, exactly one method of the attempt is called later.
     * Leaves nothing open if it throws.
     */
    Result<S> dial(InetSocketAddress address, Attempt attempt);

    /** Gives up a connection under way. */
    void cancel(S socket);

    /** How a connection under way ends. */
    interface Attempt {
        void connected();

        void failed(DialFailure failure);

        /** What was called at the end threw, or the end could not be found out. */
        void broken(Throwable problem);
    }

    /** What a dial leads to. */
    sealed interface Result<S> {
        record Pending<S>(S socket) implements Result<S> {}

        record Failed<S>(DialFailure failure) implements Result<S> {}
    }
}
