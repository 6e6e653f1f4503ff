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
    private final BucketSockets buckets;
    private List<Listening> bound; // guarded by this; empty once they were taken

    private CaptureSockets(int loops, List<Listening> bound, BucketSockets buckets) {
        this.loops = loops;
        this.bound = bound;
        this.buckets = buckets;
        this.addresses = bound.stream().map(Listening::address).toList();
    }

    /**
     * Binds and listens where the settings say, once for each event loop.
     *
     * @throws IOException if no address can be bound, or one is in use; the message names the setting
     * @throws UnsupportedOperationException if this machine has no epoll for Netty
     */
    public static CaptureSockets bind(RelayConfig config) throws IOException {
        return bind(config, RefusalConfig.OFF);
    }

    /**
     * The same, and on every port that addresses are spread over; those that cannot be had are logged.
     *
     * @throws IOException as {@link #bind(RelayConfig)}
     * @throws UnsupportedOperationException as {@link #bind(RelayConfig)}
     */
    public static CaptureSockets bind(RelayConfig config, RefusalConfig refusal) throws IOException {
        if (!Epoll.isAvailable()) {
            throw new UnsupportedOperationException(
                    "the relay needs Linux and Netty's native epoll transport: put"
                            + " io.netty:netty-transport-native-epoll with the classifier linux-x86_64 or linux-aarch_64"
                            + " on the class path",
                    Epoll.unavailabilityCause());
        }
        List<Listening> bound = Listening.bindAll(config.listen(), config.keepAlive(), config.threads());
        HashedPorts ports = HashedPorts.of(refusal);
        try {
            BucketSockets buckets =
                    refusal.enabled() ? BucketSockets.bind(ports, bound, config) : BucketSockets.none(ports);
            return new CaptureSockets(config.threads(), bound, buckets);
        } catch (IOException | RuntimeException | Error e) {
            bound.forEach(Listening::close);
            throw e;
        }
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

    /** What is taken with them, of the ports that addresses are spread over; whoever takes the others takes these. */
    BucketSockets buckets() {
        return buckets;
    }

    /** Closes them, unless a relay has taken them. Idempotent. */
    @Override
    public synchronized void close() {
        if (!bound.isEmpty()) {
            buckets.close();
        }
        bound.forEach(Listening::close);
        bound = List.of();
    }
}
