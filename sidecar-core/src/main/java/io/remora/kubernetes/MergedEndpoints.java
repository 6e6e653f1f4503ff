package io.remora.kubernetes;

import io.remora.discovery.Endpoint;
import io.remora.discovery.ServicePort.PortKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of all slices of a Service together. Immutable.
 *
 * @param endpoints by port name and protocol, without duplicates, in the numeric order of addresses and ports
 * @param lastChangeTriggerTime the newest that a slice has
 */
record MergedEndpoints(
        Map<PortKey, List<Endpoint>> endpoints, @Nullable Instant lastChangeTriggerTime) {

    static final MergedEndpoints NONE = new MergedEndpoints(Map.of(), null);

    private static final Comparator<Endpoint> NUMERIC =
            Comparator.comparing(Endpoint::ip).thenComparingInt(Endpoint::port);

    /** Merges slices; of what contradicts itself in them one is left as {@link #distinct} has it. */
    static MergedEndpoints of(Collection<SliceContent> slices) {
        if (slices.isEmpty()) {
            return NONE;
        }
        Iterator<SliceContent> each = slices.iterator();
        SliceContent first = each.next();
        if (!each.hasNext()) {
            return new MergedEndpoints(first.endpoints(), first.lastChangeTriggerTime());
        }
        Map<PortKey, List<Endpoint>> all = new HashMap<>();
        Instant newest = null;
        for (SliceContent slice : slices) {
            slice.endpoints()
                    .forEach((port, endpoints) ->
                            all.computeIfAbsent(port, key -> new ArrayList<>()).addAll(endpoints));
            Instant time = slice.lastChangeTriggerTime();
            if (newest == null || time != null && time.isAfter(newest)) {
                newest = time;
            }
        }
        all.replaceAll((port, endpoints) -> distinct(endpoints));
        return new MergedEndpoints(all, newest);
    }

    /**
     * Sorts endpoints of one port and leaves one for each address and port: the last that is not terminating, ready or
     * not, else the first, as kube-proxy has it.
     */
    static List<Endpoint> distinct(List<Endpoint> endpoints) {
        List<Endpoint> sorted = new ArrayList<>(endpoints);
        sorted.sort(NUMERIC); // stable: the order among equal addresses stays
        int kept = 0;
        for (Endpoint next : sorted) {
            if (kept > 0 && NUMERIC.compare(sorted.get(kept - 1), next) == 0) {
                if (!next.conditions().terminating()) {
                    sorted.set(kept - 1, next);
                }
            } else {
                sorted.set(kept++, next);
            }
        }
        return List.copyOf(sorted.subList(0, kept));
    }
}
