package io.remora.registry;

import io.remora.discovery.ServiceId;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything the registry knew at one moment. Immutable; reading it takes no lock and, by key, no allocation. */
public final class RegistrySnapshot {

    static final RegistrySnapshot EMPTY = new RegistrySnapshot(0, false, false, ShardedMap.empty(), ShardedMap.empty());

    private final long version;
    private final boolean synced;
    private final boolean exhaustive;
    private final ShardedMap<ServiceId, ServiceEntry> services;
    private final ShardedMap<TransportAddress, Destination> addresses;

    RegistrySnapshot(
            long version,
            boolean synced,
            boolean exhaustive,
            ShardedMap<ServiceId, ServiceEntry> services,
            ShardedMap<TransportAddress, Destination> addresses) {
        this.version = version;
        this.synced = synced;
        this.exhaustive = exhaustive;
        this.services = services;
        this.addresses = addresses;
    }

    /** Returns where a connection to the address goes; null if no known Service owns it. O(1). */
    public @Nullable Destination find(TransportAddress address) {
        return addresses.get(address);
    }

    /** Returns a Service; null if it is not known. O(1). */
    public @Nullable ServiceEntry service(ServiceId id) {
        return services.get(id);
    }

    /** Returns all Services, by namespace and name. Makes a new list: for people, not for the path of a connection. */
    public List<ServiceEntry> services() {
        List<ServiceEntry> all = new ArrayList<>(services.size());
        services.forEachValue(all::add);
        all.sort(Comparator.comparing(entry -> entry.service().id()));
        return all;
    }

    /** Number of Services. */
    public int serviceCount() {
        return services.size();
    }

    /** Whether all that the source tells by itself was told once. */
    public boolean synced() {
        return synced;
    }

    /** Whether an address that is not here belongs to no Service, so that nobody needs to be asked. */
    public boolean exhaustive() {
        return exhaustive;
    }

    /** Counts the snapshots, from 0. */
    public long version() {
        return version;
    }

    ShardedMap<ServiceId, ServiceEntry> serviceMap() {
        return services;
    }

    ShardedMap<TransportAddress, Destination> addressMap() {
        return addresses;
    }
}
