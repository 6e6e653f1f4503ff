package io.remora.embedded;

import io.remora.config.Durations;
import io.remora.discovery.TransportAddress;
import io.remora.relay.CaptureSockets;
import io.remora.relay.RefusalBuckets;
import io.remora.relay.RelayConfig;
import io.remora.relay.RelayListener;
import io.remora.relay.RelayServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay inside an application's own process, over the Services and balancers of its {@link Remora}: connections of clients
 * that know nothing of Remora are balanced too, where the init step's rules hand them over. It shares the application's user,
 * so its dials should have a type of service that the rules know. Needs Linux and Netty's native epoll transport. Thread-safe.
 */
public final class EmbeddedRelay implements AutoCloseable {

    /** The type of service of its dials unless another is set: a code point for local use (RFC 2474). */
    public static final int DEFAULT_DSCP = 3;

    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedRelay.class);

    private final Remora remora;
    private final RefusalBuckets refusal;
    private final RelayServer server;
    private List<TransportAddress> addresses = List.of(); // guarded by this
    private boolean closed; // guarded by this

    /**
     * A relay that does not listen yet.
     *
     * @param remora whose settings hold; started with the relay, closed by whoever made it, after the relay
     * @param refusal one of the listeners of its registry, made of its settings
     * @param listener hears what the relay does
     */
    public EmbeddedRelay(Remora remora, RefusalBuckets refusal, RelayListener listener) {
        this.remora = remora;
        this.refusal = refusal;
        this.server =
                new RelayServer(remora.config().relay(), remora.registry(), remora.balancers(), listener, refusal);
    }

    /**
     * Listens, and begins to watch. From then on connections wait for the Services to be known, all together for the hold time
     * at most; those that come later, or lead to no Service, are passed through to where they were going. So nothing waits
     * for the API server longer than that, the watch itself included. Called once.
     *
     * @throws IOException if an address cannot be listened on; the message names the setting
     * @throws UnsupportedOperationException if this machine or the class path has no epoll for Netty
     */
    public synchronized void start() throws IOException {
        if (closed || !addresses.isEmpty()) {
            throw new IllegalStateException("the relay was started or closed before");
        }
        try (CaptureSockets sockets =
                CaptureSockets.bind(config(), remora.config().refusal())) {
            server.start(sockets);
            addresses = sockets.addresses();
        }
        remora.start();
    }

    /** The settings that it has. */
    public RelayConfig config() {
        return remora.config().relay();
    }

    /** Where it listens; empty before the start. */
    public synchronized List<TransportAddress> addresses() {
        return addresses;
    }

    /** Live connections, those included that wait for their address or their endpoint. */
    public int active() {
        return server.active();
    }

    /** Whether connections wait now for the Services to be known. */
    public boolean isHolding() {
        return server.isHolding();
    }

    /** Tells which connections the kernel refuses, for explanations. */
    public RefusalBuckets refusal() {
        return refusal;
    }

    /**
     * Waits until no connection is left, for the time of {@link io.remora.config.ShutdownConfig} at most, and accepts
     * meanwhile; then resets the others and ends. Idempotent.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (addresses.isEmpty()) {
                return;
            }
        }
        Duration timeout = remora.config().shutdown().timeout();
        boolean drained = server.drain(timeout).toCompletableFuture().join(); // ends by itself with the time
        if (!drained) {
            LOGGER.atInfo()
                    .addKeyValue("connections", active())
                    .addKeyValue("timeout", Durations.format(timeout))
                    .log("relay drain timed out, connections are reset");
        }
        server.close();
    }
}
