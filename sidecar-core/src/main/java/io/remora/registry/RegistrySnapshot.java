package io.remora.registry;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything the registry knew at one moment. Immutable; reading it takes no lock and, by key, no allocation. */
public final class RegistrySnapshot {

    private final long version;
    private final RegistryConfig config;
    private final boolean synced;
    private final boolean exhaustive;
    private final ShardedMap<ServiceId, ServiceEntry> services;
    private final AddressBook addresses;

    RegistrySnapshot(
            long version,
            RegistryConfig config,
            boolean synced,
            boolean exhaustive,
            ShardedMap<ServiceId, ServiceEntry> services,
            AddressBook addresses) {
        this.version = version;
        this.config = config;
        this.synced = synced;
        this.exhaustive = exhaustive;
        this.services = services;
        this.addresses = addresses;
    }

    static RegistrySnapshot empty(RegistryConfig config) {
        return new RegistrySnapshot(0, config, false, false, ShardedMap.empty(), AddressBook.EMPTY);
    }

    /** Decides about Services of which nothing else will be heard. A pure function. */
    public static RegistrySnapshot of(RegistryConfig config, List<ServiceSnapshot> services) {
        SnapshotEditor editor = new SnapshotEditor(empty(config));
        services.forEach(service -> editor.apply(new DiscoveryEvent.Updated(service)));
        editor.apply(new DiscoveryEvent.Synced(true));
        return editor.done();
    }

    /**
     * Returns what becomes of a connection, and marks its Service as used. O(1), without allocation.
     *
     * @param address what is dialled
     * @param client where it is dialled from
     */
    public Route route(TransportAddress address, IpAddress client) {
        return addresses.route(address, client, config.rejectUndefinedPorts());
    }

    /** Returns which Service port has an address; null if no known one has. O(1). */
    public @Nullable Frontend frontend(TransportAddress address) {
        return addresses.frontends().get(address);
    }

    /** Returns who else claims an address that {@link #frontend} has an owner of; nobody, as a rule. O(1). */
    public List<Frontend> contenders(TransportAddress address) {
        List<Frontend> others = addresses.contenders().get(address);
        return others == null ? List.of() : others;
    }

    /** Returns where an address leads; null if no known Service port has it. O(1). */
    public @Nullable Destination find(TransportAddress address) {
        Frontend frontend = frontend(address);
        return frontend == null ? null : frontend.destination();
    }

    /** Returns a Service; null if it is not known. O(1). */
    public @Nullable ServiceEntry service(ServiceId id) {
        return services.get(id);
    }

    /** Whether a Service has an endpoint of that address, port and pod, ready or not, behind whichever of its ports. */
    public boolean hasEndpoint(ServiceId id, Endpoint endpoint) {
        ServiceEntry entry = services.get(id);
        return entry != null && entry.service().hasEndpoint(endpoint);
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

    /** By what the decisions were made, with what was learned of the clients' location. */
    public RegistryConfig config() {
        return config;
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

    AddressBook addressBook() {
        return addresses;
    }
}
