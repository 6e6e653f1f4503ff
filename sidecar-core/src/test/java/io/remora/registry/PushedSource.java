package io.remora.registry;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Interest;
import io.remora.discovery.ServiceId;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.List;

/** A source of which a test says each batch of events; it knows nothing by itself and answers no question. */
public final class PushedSource implements DiscoverySource {

    private final List<DiscoverySink> sinks = new ArrayList<>();

    /** Delivers a batch to every registry that was started with this source. */
    public void push(List<DiscoveryEvent> events) {
        sinks.forEach(sink -> sink.accept(events));
    }

    @Override
    public void start(DiscoverySink sink) {
        sinks.add(sink);
    }

    @Override
    public Interest interest(TransportAddress address) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Interest interest(ServiceId service) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SourceStatus status() {
        return SourceStatus.FIXED;
    }

    @Override
    public void close() {}
}
