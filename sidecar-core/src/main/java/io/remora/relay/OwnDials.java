package io.remora.relay;

import io.remora.discovery.TransportAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * All that the relay dialled: a client that dialled the same from the same address is the relay itself, captured by
 * rules that should have left it alone. Thread-safe.
 */
final class OwnDials {

    private final Map<Dial, EdgeSocket> dials = new ConcurrentHashMap<>();

    private final List<Beginning> beginnings = new CopyOnWriteArrayList<>();

    /** Returns where a new event loop tells what it is about to dial. */
    Beginning beginning() {
        Beginning made = new Beginning();
        beginnings.add(made);
        return made;
    }

    /**
     * Whether an event loop is dialling an address this very moment, so that the dial may have come back before
     * {@link #find} knows it.
     */
    boolean isBeginning(TransportAddress target) {
        for (Beginning beginning : beginnings) {
            TransportAddress begun = beginning.target;
            if (begun != null && begun.equals(target)) {
                return true;
            }
        }
        return false;
    }

    /** Remembers a socket whose connect has begun. */
    void add(EdgeSocket socket, TransportAddress target) {
        InetSocketAddress local = socket.tcp.localAddress();
        if (local != null) {
            Dial dial = new Dial(TransportAddress.tcp(local), target);
            socket.dial = dial;
            dials.put(dial, socket);
        }
    }

    void remove(EdgeSocket socket) {
        Dial dial = socket.dial;
        if (dial != null) {
            dials.remove(dial, socket);
        }
    }

    /** Returns the socket that dialled an address from another; null if it was none of ours. */
    @Nullable
    EdgeSocket find(TransportAddress client, TransportAddress original) {
        return dials.get(new Dial(client, original));
    }

    /** What one event loop, the only writer, is about to dial. */
    static final class Beginning {
        private volatile @Nullable TransportAddress target;

        void set(@Nullable TransportAddress next) {
            target = next;
        }
    }

    /** Both ends: the app next to us may use the same local port towards another address. */
    record Dial(TransportAddress local, TransportAddress target) {}
}
