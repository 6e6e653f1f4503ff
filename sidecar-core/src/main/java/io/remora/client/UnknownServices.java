package io.remora.client;

import io.remora.discovery.ServiceId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Services that were asked for and are not there, for a while; a bounded number of them. Thread-safe. */
final class UnknownServices {

    /** Beyond this all are forgotten: somebody makes up names, and the source is asked again. */
    static final int MOST = 10_000;

    private final long ttlNanos;
    private final Map<ServiceId, Long> since = new ConcurrentHashMap<>();

    UnknownServices(Duration ttl) {
        this.ttlNanos = ttl.toNanos();
    }

    void add(ServiceId service, long nowNanos) {
        if (since.size() >= MOST) {
            since.clear();
        }
        since.put(service, nowNanos);
    }

    boolean contains(ServiceId service, long nowNanos) {
        Long when = since.get(service);
        if (when == null) {
            return false;
        }
        if (nowNanos - when < ttlNanos) {
            return true;
        }
        since.remove(service, when);
        return false;
    }
}
