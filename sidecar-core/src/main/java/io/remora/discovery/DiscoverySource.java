package io.remora.discovery;

/** Something that knows Services and their endpoints and tells about every change. Thread-safe. */
public interface DiscoverySource extends AutoCloseable {

    /**
     * Begins to deliver events. Never blocks and never gives up: what cannot be reached is tried again. Called once.
     */
    void start(DiscoverySink sink);

    /**
     * Asks for the Service that owns an address, whether it is watched already or not. If there is one, its events are
     * delivered before the interest is settled, and as long as it is open. An address that belonged to no Service is not
     * asked about again while its interest stays open.
     */
    Interest interest(TransportAddress address);

    /** Asks for one Service, as {@link #interest(TransportAddress)} does. */
    Interest interest(ServiceId service);

    /** Returns how fresh the events are. */
    SourceStatus status();

    /** Stops watching. No event is delivered after it returns. */
    @Override
    void close();
}
