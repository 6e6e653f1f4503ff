package io.remora.kubernetes;

import io.remora.discovery.Interest;
import io.remora.discovery.ServiceId;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;

/**
 * Which Services a source watches and when, in one scope. It starts and stops on the loop's thread; the rest may be called
 * by any.
 */
interface WatchPlan {

    /** Begins. */
    void start();

    /** As {@link io.remora.discovery.DiscoverySource#interest(TransportAddress)}. */
    Interest interest(TransportAddress address);

    /** As {@link io.remora.discovery.DiscoverySource#interest(ServiceId)}. */
    Interest interest(ServiceId service);

    /** As {@link io.remora.discovery.DiscoverySource#status()}. */
    SourceStatus status();

    /** Ends all watches. */
    void stop();
}
