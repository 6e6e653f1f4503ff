package io.remora.kubernetes;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one namespace, or of all of them together, and what of that was told. Nothing is told before both
 * Services and EndpointSlices were listed; then only what differs from what was told last. Owned by one thread.
 */
final class NamespaceState {

    private final Map<ServiceId, ServiceSpec> specs = new HashMap<>();
    private final EndpointSliceIndex slices;
    private final Map<ServiceId, ServiceSnapshot> told = new HashMap<>();
    private final Set<ServiceId> dirty = new LinkedHashSet<>();
    private boolean servicesListed;
    private boolean slicesListed;

    /** Makes the state of which nothing is known. */
    NamespaceState() {
        slices = new EndpointSliceIndex(dirty::add);
    }

    /** Whether both kinds were listed once. */
    boolean listed() {
        return servicesListed && slicesListed;
    }

    /** Returns the events for what differs from what was {@link #told}; none before both kinds were listed. */
    List<DiscoveryEvent> changes() {
        if (!listed() || dirty.isEmpty()) {
            return List.of();
        }
        List<DiscoveryEvent> events = new ArrayList<>(dirty.size());
        for (ServiceId id : dirty) {
            ServiceSpec spec = specs.get(id);
            if (spec == null) {
                if (told.containsKey(id)) {
                    events.add(new DiscoveryEvent.Removed(id));
                }
                continue;
            }
            ServiceSnapshot now = snapshot(id, spec);
            if (!now.equals(told.get(id))) {
                events.add(new DiscoveryEvent.Updated(now));
            }
        }
        return events;
    }

    private ServiceSnapshot snapshot(ServiceId id, ServiceSpec spec) {
        MergedEndpoints merged = slices.merged(id);
        return new ServiceSnapshot(id, spec, merged.endpoints(), merged.lastChangeTriggerTime());
    }

    /** Returns a Service that is known now; null if it is not. */
    @Nullable
    ServiceSpec spec(ServiceId id) {
        return specs.get(id);
    }

    /** Whether a Service was told and not told to be gone since. */
    boolean isTold(ServiceId id) {
        return told.containsKey(id);
    }

    /** Returns every Service that is known now, in no order. */
    List<ServiceSnapshot> all() {
        List<ServiceSnapshot> all = new ArrayList<>(specs.size());
        specs.forEach((id, spec) -> all.add(snapshot(id, spec)));
        return all;
    }

    /** All events of the last {@link #changes} were delivered. */
    void told(List<DiscoveryEvent> events) {
        for (DiscoveryEvent event : events) {
            if (event instanceof DiscoveryEvent.Updated updated) {
                told.put(updated.service().id(), updated.service());
            } else if (event instanceof DiscoveryEvent.Removed removed) {
                told.remove(removed.service());
            }
        }
        if (listed()) {
            dirty.clear();
        }
    }

    /** Where the watch of the Services writes. */
    ResourceStore<ServiceSpec> services() {
        return new ServiceStore();
    }

    /** Where the watch of the EndpointSlices writes. */
    ResourceStore<SliceContent> slices() {
        return new SliceStore();
    }

    private final class ServiceStore implements ResourceStore<ServiceSpec> {

        @Override
        public void put(ObjectKey key, ServiceSpec spec) {
            ServiceId id = new ServiceId(key.namespace(), key.name());
            if (!spec.equals(specs.put(id, spec))) {
                dirty.add(id);
            }
        }

        @Override
        public void remove(ObjectKey key) {
            ServiceId id = new ServiceId(key.namespace(), key.name());
            if (specs.remove(id) != null) {
                dirty.add(id);
            }
        }

        @Override
        public void listed(Set<ObjectKey> present) {
            servicesListed = true;
            for (ServiceId id : Set.copyOf(specs.keySet())) {
                ObjectKey key = new ObjectKey(id.namespace(), id.name());
                if (!present.contains(key)) {
                    remove(key);
                }
            }
        }

        @Override
        public boolean isEmpty() {
            return specs.isEmpty();
        }

        @Override
        public boolean holds(ObjectKey key, String uid) {
            ServiceSpec spec = specs.get(new ServiceId(key.namespace(), key.name()));
            return spec != null && spec.uid().equals(uid);
        }
    }

    private final class SliceStore implements ResourceStore<SliceContent> {

        @Override
        public void put(ObjectKey key, SliceContent content) {
            slices.put(key, content);
        }

        @Override
        public void remove(ObjectKey key) {
            slices.remove(key);
        }

        @Override
        public void listed(Set<ObjectKey> present) {
            slicesListed = true;
            for (ObjectKey key : slices.names()) {
                if (!present.contains(key)) {
                    slices.remove(key);
                }
            }
        }

        @Override
        public boolean isEmpty() {
            return slices.names().isEmpty();
        }

        @Override
        public boolean holds(ObjectKey key, String uid) {
            @Nullable SliceContent content = slices.get(key);
            return content != null && content.uidHash() == Objects.hashCode(uid);
        }
    }
}
