package io.remora.discovery;

import java.util.List;

/** Where a {@link DiscoverySource} delivers its events. */
@FunctionalInterface
public interface DiscoverySink {

    /**
     * Takes events that belong together, in order: what one list brought comes as one call, so that it can be published
     * at once. Called by one thread at a time; returns quickly.
     */
    void accept(List<DiscoveryEvent> events);

    /**
     * Returns whether a Service was used since this was asked last: dialled, or connected to all the time. A source that
     * watches only what is used asks for it. One that cannot tell says true. Any thread.
     */
    default boolean wasUsed(ServiceId service) {
        return true;
    }
}
