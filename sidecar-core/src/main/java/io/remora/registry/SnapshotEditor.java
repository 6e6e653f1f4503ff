package io.remora.registry;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSnapshot;
import io.remora.registry.RegistryListener.ServiceChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Applies events to a snapshot and makes the next one. Owned by the registry's writer; used for one batch. */
final class SnapshotEditor {

    private final RegistrySnapshot before;
    private final ShardedMap.Editor<ServiceId, ServiceEntry> services;
    private final AddressBook.Editor addresses;
    private final Map<ServiceId, @Nullable ServiceEntry> touched = new LinkedHashMap<>();
    private RegistryConfig config;
    private boolean synced;
    private boolean exhaustive;

    SnapshotEditor(RegistrySnapshot before) {
        this.before = before;
        this.services = before.serviceMap().edit();
        this.addresses = before.addressBook().edit();
        this.config = before.config();
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
        learnZone(service);
        ServiceEntry old = services.get(service.id());
        if (old == null || !old.service().equals(service)) {
            replace(service, old);
        }
    }

    /** The zone of the clients' node, where nobody told it: every decision made without it is made again. */
    private void learnZone(ServiceSnapshot service) {
        ClientLocation client = config.client();
        if (client.node() == null || client.zoneSource() != ClientLocation.ZoneSource.UNKNOWN) {
            return;
        }
        service.endpoints().values().stream()
                .flatMap(List::stream)
                .filter(endpoint -> client.node().equals(endpoint.node()))
                .flatMap(endpoint -> Stream.ofNullable(endpoint.zone()))
                .findFirst()
                .ifPresent(zone -> {
                    config = config.withClient(client.withLearnedZone(zone));
                    List<ServiceEntry> known = new ArrayList<>();
                    services.forEachValue(known::add);
                    known.forEach(entry -> replace(entry.service(), entry));
                });
    }

    private void replace(ServiceSnapshot service, @Nullable ServiceEntry old) {
        touch(service.id(), old);
        ServiceEntry entry = ServiceEntry.of(service, config, old);
        if (old != null) {
            addresses.remove(old);
        }
        services.put(service.id(), entry);
        addresses.add(entry);
    }

    private void remove(ServiceId id) {
        ServiceEntry old = services.get(id);
        if (old != null) {
            touch(id, old);
            addresses.remove(old);
            services.remove(id);
        }
    }

    /** Remembers how a Service was before the batch; null if there was none, which putIfAbsent would forget again. */
    private void touch(ServiceId id, @Nullable ServiceEntry old) {
        if (!touched.containsKey(id)) {
            touched.put(id, old);
        }
    }

    List<ServiceChange> changes() {
        List<ServiceChange> changes = new ArrayList<>(touched.size());
        touched.forEach((id, old) -> {
            ServiceEntry now = services.get(id);
            if (old != null || now != null) { // else it came and went
                changes.add(new ServiceChange(old, now));
            }
        });
        return changes;
    }

    RegistrySnapshot done() {
        boolean same = touched.isEmpty()
                && synced == before.synced()
                && exhaustive == before.exhaustive()
                && config.equals(before.config());
        return same
                ? before
                : new RegistrySnapshot(
                        before.version() + 1, config, synced, exhaustive, services.done(), addresses.done());
    }
}
