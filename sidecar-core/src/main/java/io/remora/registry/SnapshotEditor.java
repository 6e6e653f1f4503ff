package io.remora.registry;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.TransportAddress;
import io.remora.registry.RegistryListener.ServiceChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Applies events to a snapshot and makes the next one. Owned by the registry's writer; used for one batch. */
final class SnapshotEditor {

    private final RegistrySnapshot before;
    private final ShardedMap.Editor<ServiceId, ServiceEntry> services;
    private final ShardedMap.Editor<TransportAddress, Destination> addresses;
    private final Map<ServiceId, @Nullable ServiceEntry> touched = new LinkedHashMap<>();
    private boolean synced;
    private boolean exhaustive;

    SnapshotEditor(RegistrySnapshot before) {
        this.before = before;
        this.services = before.serviceMap().edit();
        this.addresses = before.addressMap().edit();
        this.synced = before.synced();
        this.exhaustive = before.exhaustive();
    }

    void apply(DiscoveryEvent event) {
        if (event instanceof DiscoveryEvent.Updated updated) {
            update(updated.service());
        } else if (event instanceof DiscoveryEvent.Removed removed) {
            remove(removed.service());
        } else if (event instanceof DiscoveryEvent.Synced sync) {
            synced = true;
            exhaustive = sync.exhaustive();
        }
    }

    private void update(ServiceSnapshot service) {
        ServiceEntry old = services.get(service.id());
        if (old != null && old.service().equals(service)) {
            return;
        }
        touched.putIfAbsent(service.id(), old);
        if (old != null) {
            dropAddresses(old);
        }
        ServiceEntry entry = ServiceEntry.of(service);
        services.put(service.id(), entry);
        for (Destination destination : entry.destinations()) {
            for (TransportAddress address : destination.addresses()) {
                addresses.put(address, destination);
            }
        }
    }

    private void remove(ServiceId id) {
        ServiceEntry old = services.get(id);
        if (old != null) {
            touched.putIfAbsent(id, old);
            dropAddresses(old);
            services.remove(id);
        }
    }

    /** An address that another Service has taken over meanwhile stays with that one. */
    private void dropAddresses(ServiceEntry entry) {
        for (Destination destination : entry.destinations()) {
            for (TransportAddress address : destination.addresses()) {
                if (destination.equals(addresses.get(address))) {
                    addresses.remove(address);
                }
            }
        }
    }

    List<ServiceChange> changes() {
        List<ServiceChange> changes = new ArrayList<>(touched.size());
        touched.forEach((id, old) -> changes.add(new ServiceChange(old, services.get(id))));
        return changes;
    }

    RegistrySnapshot done() {
        boolean same = touched.isEmpty() && synced == before.synced() && exhaustive == before.exhaustive();
        return same
                ? before
                : new RegistrySnapshot(before.version() + 1, synced, exhaustive, services.done(), addresses.done());
    }
}
