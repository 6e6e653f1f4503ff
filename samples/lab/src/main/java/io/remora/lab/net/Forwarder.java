package io.remora.lab.net;

import io.remora.lab.app.Apps;
import io.remora.lab.app.Relaying;
import io.remora.lab.app.Threads;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ports of this machine's loopback that lead into a namespace: this JVM's end of {@link Relaying}. The inner end is one
 * process per namespace, started when first needed. Thread-safe.
 */
final class Forwarder implements AutoCloseable {
    private final Namespace namespace;
    private final Path socket;
    private final Map<InetSocketAddress, ServerSocketChannel> listeners = new HashMap<>();
    private @Nullable LabProcess inner;

    Forwarder(Namespace namespace, Path socket) {
        this.namespace = namespace;
        this.socket = socket;
    }

    synchronized InetSocketAddress forward(InetSocketAddress inside) {
        if (inner == null) {
            LabProcess starting = namespace.start(Apps.app("forward", "--socket", socket.toString()));
            starting.awaitLog("^forwarding$", Duration.ofSeconds(20));
            inner = starting;
        }
        try {
            ServerSocketChannel listener = listeners.get(inside);
            if (listener == null) {
                listener = ServerSocketChannel.open();
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                listeners.put(inside, listener);
                ServerSocketChannel accepting = listener;
                Threads.daemon("forward-" + namespace.name(), () -> accept(accepting, inside));
            }
            return (InetSocketAddress) listener.getLocalAddress();
        } catch (IOException e) {
            throw new LabException("cannot forward a port to " + inside + " in " + namespace.name() + ": " + e, e);
        }
    }

    private void accept(ServerSocketChannel listener, InetSocketAddress inside) throws IOException {
        try {
            while (true) {
                SocketChannel accepted = listener.accept();
                Threads.daemon("forwarded", () -> Relaying.through(socket, accepted, inside));
            }
        } catch (ClosedChannelException e) {
            return;
        }
    }

    /** Closes the ports; the inner end ends with its namespace. */
    @Override
    public synchronized void close() {
        for (ServerSocketChannel listener : listeners.values()) {
            try {
                listener.close();
            } catch (IOException e) {
                throw new LabException("cannot close a forwarded port: " + e, e);
            }
        }
        listeners.clear();
    }
}
