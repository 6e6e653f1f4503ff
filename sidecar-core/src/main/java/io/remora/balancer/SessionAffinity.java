package io.remora.balancer;

import io.remora.discovery.IpAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint of a Destination a client's next connection goes to ({@code sessionAffinity: ClientIP}). Every new
 * connection renews the binding; it ends when no connection came for the timeout, when its endpoint is no longer eligible
 * or is ejected, and when another endpoint took a connection that its own did not. Thread-safe; a client that is bound takes no lock.
 */
final class SessionAffinity {

    /** Below it nobody looks for bindings that ran out. */
    private static final int FIRST_SWEEP = 1024;

    private final Map<IpAddress, Binding> bindings = new ConcurrentHashMap<>();
    private volatile int nextSweep = FIRST_SWEEP;

    /** Returns the endpoint that a client is bound to, and renews that; null if it is bound to none. */
    @Nullable
    EndpointState renew(IpAddress client, long now, long timeoutNanos) {
        Binding known = bindings.get(client);
        if (known == null || !known.holds(now, timeoutNanos)) {
            return null;
        }
        known.usedNanos = now;
        return known.endpoint;
    }

    /**
     * Binds a client that is bound to no endpoint.
     *
     * @param choice chooses an endpoint, or null if there is none; asked once for clients that come at the same time
     * @return what the client is bound to now
     */
    @Nullable
    EndpointState bind(IpAddress client, long now, long timeoutNanos, Supplier<@Nullable EndpointState> choice) {
        sweep(now, timeoutNanos);
        Binding made = bindings.compute(client, (ip, before) -> {
            if (before != null && before.holds(now, timeoutNanos)) {
                return before;
            }
            EndpointState chosen = choice.get();
            return chosen == null ? null : new Binding(chosen, now);
        });
        return made == null ? null : made.endpoint;
    }

    /** Binds a client to the endpoint that took its connection, unless it is bound to that already. */
    void rebind(IpAddress client, EndpointState endpoint, long now) {
        Binding known = bindings.get(client);
        if (known == null || known.endpoint != endpoint) {
            bindings.put(client, new Binding(endpoint, now));
        }
    }

    /** Returns what a client is bound to and for how many nanoseconds more; null if it is not. Renews nothing. */
    @Nullable
    Bound find(IpAddress client, long now, long timeoutNanos) {
        Binding known = bindings.get(client);
        return known == null || !known.holds(now, timeoutNanos)
                ? null
                : new Bound(known.endpoint, timeoutNanos - (now - known.usedNanos));
    }

    void clear() {
        bindings.clear();
    }

    int size() {
        return bindings.size();
    }

    /** What ran out goes once there is twice as much as what stayed the last time: a client costs O(1) on average. */
    private void sweep(long now, long timeoutNanos) {
        if (bindings.size() >= nextSweep) {
            bindings.values().removeIf(binding -> !binding.holds(now, timeoutNanos));
            nextSweep = Math.max(FIRST_SWEEP, bindings.size() * 2);
        }
    }

    /**
     * What a client is bound to.
     *
     * @param remainingNanos until it is not, if it makes no other connection
     */
    record Bound(EndpointState endpoint, long remainingNanos) {}

    private static final class Binding {

        private final EndpointState endpoint;
        private volatile long usedNanos;

        Binding(EndpointState endpoint, long usedNanos) {
            this.endpoint = endpoint;
            this.usedNanos = usedNanos;
        }

        boolean holds(long now, long timeoutNanos) {
            return endpoint.isUsable() && now - usedNanos < timeoutNanos;
        }
    }
}
