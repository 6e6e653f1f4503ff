package io.remora.discovery;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Services that are given, not watched: for a laptop, and for tests, which may change them at will. Thread-safe. */
public final class StaticDiscoverySource implements DiscoverySource {

    private final Settlement started = new Settlement();
    private final List<DiscoveryEvent> initial = new ArrayList<>(); // guarded by this
    private @Nullable DiscoverySink sink; // guarded by this

    /** Starts with the given Services. */
    public StaticDiscoverySource(List<ServiceSnapshot> services) {
        services.forEach(service -> initial.add(new DiscoveryEvent.Updated(service)));
    }

    @Override
    public synchronized void start(DiscoverySink destination) {
        if (sink != null) {
            throw new IllegalStateException("already started");
        }
        sink = destination;
        initial.add(new DiscoveryEvent.Synced(true));
        destination.accept(List.copyOf(initial));
        initial.clear();
        started.settle();
    }

    /** Adds a Service or replaces it. */
    public void update(ServiceSnapshot service) {
        deliver(new DiscoveryEvent.Updated(service));
    }

    /** Removes a Service. */
    public void remove(ServiceId service) {
        deliver(new DiscoveryEvent.Removed(service));
    }

    private synchronized void deliver(DiscoveryEvent event) {
        if (sink == null) {
            initial.add(event);
        } else {
            sink.accept(List.of(event));
        }
    }

    @Override
    public Interest interest(TransportAddress address) {
        return started.interest();
    }

    @Override
    public Interest interest(ServiceId service) {
        return started.interest();
    }

    @Override
    public SourceStatus status() {
        return SourceStatus.FIXED;
    }

    @Override
    public synchronized void close() {
        sink = events -> {};
    }
}
