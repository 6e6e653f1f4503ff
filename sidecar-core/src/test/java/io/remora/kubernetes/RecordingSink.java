package io.remora.kubernetes;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.Endpoint;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort.PortKey;
import io.remora.discovery.ServiceSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keeps the events, and what they add up to. Thread-safe. */
final class RecordingSink implements DiscoverySink {

    private final List<List<DiscoveryEvent>> batches = new ArrayList<>();
    private final Map<String, ServiceSnapshot> services = new TreeMap<>();
    private final Set<String> used = new HashSet<>();
    private @Nullable RuntimeException failNext;

    /** A Service was connected to. */
    synchronized void use(String service) {
        used.add(service);
    }

    @Override
    public synchronized boolean wasUsed(ServiceId service) {
        return used.remove(service.toString());
    }

    /** Throws at the next events, and takes none of them. */
    synchronized void failNext(RuntimeException failure) {
        failNext = failure;
    }

    @Override
    public synchronized void accept(List<DiscoveryEvent> events) {
        RuntimeException failure = failNext;
        failNext = null;
        if (failure != null) {
            throw failure;
        }
        batches.add(List.copyOf(events));
        for (DiscoveryEvent event : events) {
            if (event instanceof DiscoveryEvent.Updated updated) {
                services.put(updated.service().id().toString(), updated.service());
            } else if (event instanceof DiscoveryEvent.Removed removed) {
                services.remove(removed.service().toString());
            }
        }
    }

    /** Returns the batches so far as text: {@code +default/web[10.1.0.1:8080] -default/old synced}. */
    synchronized List<String> batches() {
        return batches.stream()
                .map(batch -> batch.stream()
                        .map(RecordingSink::text)
                        .sorted() // lists have no order that matters; a batch's Synced sorts last
                        .collect(Collectors.joining(" ")))
                .toList();
    }

    /** Returns the batches so far and forgets them. */
    synchronized List<String> take() {
        List<String> taken = batches();
        batches.clear();
        return taken;
    }

    /** Returns whether the last event of the newest batch is Synced. */
    synchronized boolean lastIsSynced() {
        List<DiscoveryEvent> last = batches.get(batches.size() - 1);
        return last.get(last.size() - 1) instanceof DiscoveryEvent.Synced;
    }

    /** Returns what is known now, by name. */
    synchronized Map<String, ServiceSnapshot> services() {
        return new TreeMap<>(services);
    }

    private static String text(DiscoveryEvent event) {
        if (event instanceof DiscoveryEvent.Updated updated) {
            return "+" + updated.service().id() + endpoints(updated.service());
        }
        return event instanceof DiscoveryEvent.Removed removed ? "-" + removed.service() : "synced";
    }

    static String endpoints(ServiceSnapshot service) {
        Map<String, List<Endpoint>> sorted = new TreeMap<>();
        for (Map.Entry<PortKey, List<Endpoint>> each : service.endpoints().entrySet()) {
            sorted.put(each.getKey().name(), each.getValue());
        }
        return sorted.values().stream().flatMap(List::stream).toList().toString();
    }
}
