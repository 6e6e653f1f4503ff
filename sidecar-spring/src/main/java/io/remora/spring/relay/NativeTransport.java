package io.remora.spring.relay;

import io.netty.channel.epoll.Epoll;

/** Netty's epoll transport, which is a library of this very platform. */
final class NativeTransport {

    private NativeTransport() {}

    /** @throws RelayUnavailableException if it cannot be used */
    static void require() {
        if (!Epoll.isAvailable()) {
            Throwable cause = Epoll.unavailabilityCause();
            Throwable root = cause;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new RelayUnavailableException("cannot be loaded (" + root.getMessage() + ")", cause);
        }
    }
}
