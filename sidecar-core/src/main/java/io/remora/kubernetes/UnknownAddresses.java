package io.remora.kubernetes;

import io.remora.discovery.IpAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Addresses that belong to no Service, each remembered for the same time. Bounded: beyond that the oldest are forgotten
 * early. Written by the loop's thread, read by any.
 */
final class UnknownAddresses {

    static final int MOST = 10_000;

    private final long ttlNanos;
    private final Map<IpAddress, Long> since = new ConcurrentHashMap<>();
    private final Queue<IpAddress> order = new ArrayDeque<>(); // as they expire; owned by the loop's thread

    UnknownAddresses(Duration ttl) {
        ttlNanos = ttl.toNanos();
    }

    void add(IpAddress ip, long now) {
        if (since.put(ip, now) != null) {
            order.remove(ip);
        }
        order.add(ip);
        while (!order.isEmpty() && (order.size() > MOST || !contains(order.element(), now))) {
            since.remove(order.remove());
        }
    }

    /** Any thread. */
    boolean contains(IpAddress ip, long now) {
        Long added = since.get(ip);
        return added != null && now - added < ttlNanos;
    }

    int size() {
        return since.size();
    }
}
