package io.remora.outlier;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes over sockets of the JDK, each on a connection of its own. Its daemon threads start with the first probe of a kind.
 * Thread-safe. Results are told on any thread; after {@link #close()} they are {@link Result#UNKNOWN}.
 */
public final class SocketProber implements Prober {

    private static final Logger LOGGER = LoggerFactory.getLogger(SocketProber.class);

    private final Map<Object, CompletableFuture<Void>> running = new ConcurrentHashMap<>(); // by a key of its own
    private @Nullable TcpProbes tcp; // guarded by this
    private @Nullable HttpProbes http; // guarded by this
    private boolean closed; // guarded by this

    /** Starts nothing yet. */
    public SocketProber() {}

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // whatever becomes of it is told to the result
    public void probe(
            ProbeConfig.Kind kind, InetSocketAddress address, String path, Duration timeout, Consumer<Result> result) {
        CompletableFuture<Void> probe = begin(kind, address, path, timeout);
        Object key = new Object();
        running.put(key, probe);
        probe.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).whenComplete((done, problem) -> {
            running.remove(key);
            result.accept(problem == null ? Result.HEALTHY : ProbeFailure.result(problem));
        });
        if (isClosed()) {
            probe.cancel(false);
        }
    }

    private CompletableFuture<Void> begin(
            ProbeConfig.Kind kind, InetSocketAddress address, String path, Duration timeout) {
        try {
            return switch (kind) {
                case TCP -> tcp().connect(address);
                case HTTP -> http().get(address, path, timeout);
                case OFF -> throw new IllegalArgumentException("there is no probe of the kind off");
            };
        } catch (IOException | RuntimeException e) { // the latter: an address or a path of no use
            LOGGER.atDebug().setCause(e).addKeyValue("endpoint", address).log("cannot probe");
            return CompletableFuture.failedFuture(new ProbeFailure(e));
        }
    }

    private synchronized TcpProbes tcp() throws IOException {
        requireOpen();
        TcpProbes known = tcp;
        if (known == null) {
            known = new TcpProbes();
            tcp = known;
        }
        return known;
    }

    private synchronized HttpProbes http() throws IOException {
        requireOpen();
        HttpProbes known = http;
        if (known == null) {
            known = new HttpProbes();
            http = known;
        }
        return known;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the prober is closed");
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (tcp != null) {
                tcp.close();
            }
            if (http != null) {
                http.close();
            }
        }
        running.values().forEach(probe -> probe.cancel(false));
    }
}
