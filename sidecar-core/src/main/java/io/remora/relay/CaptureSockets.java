package io.remora.relay;

import io.netty.channel.epoll.Epoll;
import io.remora.discovery.TransportAddress;
import java.io.IOException;
import java.util.List;

/**
 * The listening sockets of a relay, bound before there is a relay: from then on a client waits in the kernel's queue
 * instead of being refused, while everything else is loaded. Thread-safe.
 */
public final class CaptureSockets implements AutoCloseable {

    private final int loops;
    private final List<TransportAddress> addresses;
    private List<Listening> bound; // guarded by this; empty once they were taken

    private CaptureSockets(int loops, List<Listening> bound) {
        this.loops = loops;
        this.bound = bound;
        this.addresses = bound.stream().map(Listening::address).toList();
    }

    /**
     * Binds and listens where the settings say, once for each event loop.
     *
     * @throws IOException if no address can be bound, or one is in use; the message names the setting
     * @throws UnsupportedOperationException if this machine has no epoll for Netty
     */
    public static CaptureSockets bind(RelayConfig config) throws IOException {
        if (!Epoll.isAvailable()) {
            throw new UnsupportedOperationException(
                    "the relay needs Linux and Netty's native epoll transport: put"
                            + " io.netty:netty-transport-native-epoll with the classifier linux-x86_64 or linux-aarch_64"
                            + " on the class path",
                    Epoll.unavailabilityCause());
        }
        return new CaptureSockets(
                config.threads(), Listening.bindAll(config.listen(), config.keepAlive(), config.threads()));
    }

    /** Where clients may connect. */
    public List<TransportAddress> addresses() {
        return addresses;
    }

    /**
     * Hands them over; whoever takes them closes them.
     *
     * @throws IllegalStateException if they were taken or closed before, or are for another number of event loops
     */
    synchronized List<Listening> take(int wantedLoops) {
        if (bound.isEmpty()) {
            throw new IllegalStateException("the capture sockets were taken or closed before");
        }
        if (wantedLoops != loops) {
            throw new IllegalStateException(
                    "the capture sockets are for " + loops + " event loops, not " + wantedLoops);
        }
        List<Listening> taken = bound;
        bound = List.of();
        return taken;
    }

    /** Closes them, unless a relay has taken them. Idempotent. */
    @Override
    public synchronized void close() {
        bound.forEach(Listening::close);
        bound = List.of();
    }
}
