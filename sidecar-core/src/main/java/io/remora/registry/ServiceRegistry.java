package io.remora.registry;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Interest;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;
import io.remora.internal.SerialExecutor;
import io.remora.registry.RegistryListener.ServiceChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a {@link DiscoverySource} tells as one immutable {@link RegistrySnapshot}. Thread-safe: a single writer
 * applies the events, everyone may read.
 */
public final class ServiceRegistry implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServiceRegistry.class);

    private final DiscoverySource source;
    private final List<RegistryListener> listeners;
    private final SerialExecutor writer;
    private volatile RegistrySnapshot snapshot; // written by the writer only

    /** A registry that is told nothing of the place where the clients run. */
    public ServiceRegistry(DiscoverySource source, List<? extends RegistryListener> listeners, Executor threads) {
        this(RegistryConfig.DEFAULT, source, listeners, threads);
    }

    /**
     * @param config by what to decide
     * @param source where the Services come from; the registry starts and closes it
     * @param listeners told of every change, in the given order
     * @param threads where the writer runs
     */
    public ServiceRegistry(
            RegistryConfig config,
            DiscoverySource source,
            List<? extends RegistryListener> listeners,
            Executor threads) {
        this.snapshot = RegistrySnapshot.empty(config);
        this.source = source;
        this.listeners = List.copyOf(listeners);
        this.writer = new SerialExecutor(threads);
    }

    /** Begins to listen to the source. Never blocks. Called once. */
    public void start() {
        source.start(new Sink());
    }

    /** Returns the newest snapshot; read it once per operation. */
    public RegistrySnapshot snapshot() {
        return snapshot;
    }

    /** Returns how fresh the source is. */
    public SourceStatus status() {
        return source.status();
    }

    /**
     * Finds what becomes of a connection, and waits for the source to find out if that is not known yet.
     *
     * @param address what is dialled
     * @param client where it is dialled from
     * @return completes, on any thread; stays open while the source cannot tell, so the caller bounds the wait, and closes
     *     the look-up in any case
     */
    public LookUp<Route> lookUp(TransportAddress address, IpAddress client) {
        RegistrySnapshot current = snapshot;
        Route known = current.route(address, client);
        if (known.cause() != Route.Cause.NO_SERVICE || current.exhaustive()) {
            return new LookUp<>(CompletableFuture.completedFuture(known), null);
        }
        return settled(source.interest(address), () -> snapshot.route(address, client));
    }

    /**
     * Finds a Service, and waits for the source to find out about it if it is not known yet. A source that watches only what
     * is used keeps it in use until the look-up is closed.
     *
     * @return completes, on any thread, with nothing if there is no such Service; stays open while the source cannot tell,
     *     so the caller bounds the wait, and closes the look-up in any case
     */
    public LookUp<Optional<ServiceEntry>> lookUp(ServiceId service) {
        return settled(source.interest(service), () -> Optional.ofNullable(snapshot.service(service)));
    }

    /** The events came to the writer before the interest was settled, so a task behind them sees their snapshot. */
    private <T> LookUp<T> settled(Interest interest, Supplier<T> result) {
        return new LookUp<>(interest.settled().thenApplyAsync(settled -> result.get(), writer), interest);
    }

    private void apply(List<DiscoveryEvent> events) {
        SnapshotEditor editor = new SnapshotEditor(snapshot);
        events.forEach(editor::apply);
        RegistrySnapshot next = editor.done();
        if (next.version() == snapshot.version()) {
            return;
        }
        List<ServiceChange> changes = editor.changes();
        // What comes is known to the listeners before a reader can find it, and what goes until none can.
        List<Destination> gone = new ArrayList<>();
        for (ServiceChange change : changes) {
            DestinationDiff.forEach(change, (before, after) -> {
                if (after != null) {
                    tellListeners(before, after);
                } else if (before != null) {
                    gone.add(before);
                }
            });
        }
        snapshot = next;
        gone.forEach(destination -> tellListeners(destination, null));
        tell(listener -> listener.published(next, changes));
    }

    private void tellListeners(@Nullable Destination before, @Nullable Destination after) {
        tell(listener -> listener.destinationChanged(before, after));
    }

    /** The source will not tell again what one listener could not take, so the others and the snapshot go on. */
    private void tell(Consumer<RegistryListener> what) {
        for (RegistryListener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                LOGGER.atError().setCause(e).addKeyValue("listener", listener).log("registry listener failed");
            }
        }
    }

    /** Closes the source. The last snapshot stays readable. */
    @Override
    public void close() {
        source.close();
    }

    private final class Sink implements DiscoverySink {

        @Override
        public void accept(List<DiscoveryEvent> events) {
            writer.execute(() -> apply(events));
        }

        @Override
        public boolean wasUsed(ServiceId service) {
            ServiceEntry entry = snapshot.service(service);
            return entry != null && entry.takeUse();
        }
    }

    /**
     * A look-up under way.
     *
     * @param <T> what is found out
     */
    public static final class LookUp<T> implements AutoCloseable {

        private final CompletionStage<T> result;
        private final @Nullable Interest interest;

        private LookUp(CompletionStage<T> result, @Nullable Interest interest) {
            this.result = result;
            this.interest = interest;
        }

        /** What was found out. */
        public CompletionStage<T> result() {
            return result;
        }

        @Override
        public void close() {
            if (interest != null) {
                interest.close();
            }
        }
    }
}
