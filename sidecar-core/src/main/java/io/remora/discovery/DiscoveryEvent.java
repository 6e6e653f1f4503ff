package io.remora.discovery;

/** One thing that a {@link DiscoverySource} found out. */
public sealed interface DiscoveryEvent {

    /** A Service is new or it, or its endpoints, changed; the snapshot replaces what was known of it. */
    record Updated(ServiceSnapshot service) implements DiscoveryEvent {}

    /** A Service is gone. */
    record Removed(ServiceId service) implements DiscoveryEvent {}

    /**
     * All that the source tells by itself has been told once; said once.
     *
     * @param exhaustive from now on an address that no told Service owns belongs to none, and need not be asked for
     */
    record Synced(boolean exhaustive) implements DiscoveryEvent {}
}
