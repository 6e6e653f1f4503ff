package io.remora.metrics;

import io.remora.discovery.ServiceId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ServiceMeters} of every Service that is there, and of those that went and still have connections, so that a
 * connection is subtracted from where it was added. Thread-safe: an entry is forgotten only after it was retired, which
 * happens with no connection open, and a retired one takes no connection.
 */
final class ServiceMetersMap {

    private final Function<ServiceId, ServiceMeters> maker;
    private final Map<ServiceId, ServiceMeters> services = new ConcurrentHashMap<>();

    ServiceMetersMap(Function<ServiceId, ServiceMeters> maker) {
        this.maker = maker;
    }

    /** Returns those of a Service; null if nobody knows it any more. */
    @Nullable
    ServiceMeters find(ServiceId id) {
        return services.get(id);
    }

    /** Counts a connection that is opened, also to a Service that went this very moment. */
    ServiceMeters opened(ServiceId id) {
        while (true) {
            ServiceMeters known = services.get(id);
            if (known == null) {
                known = services.computeIfAbsent(id, absent -> {
                    ServiceMeters gone = maker.apply(absent);
                    gone.goAway();
                    return gone;
                });
            }
            if (known.opened()) {
                return known;
            }
            services.remove(id, known); // retired a moment ago by another thread, which removes it too
        }
    }

    /** Counts a connection that ended. */
    void closed(ServiceId id, String reason) {
        ServiceMeters known = services.get(id);
        if (known != null) {
            known.closed(reason);
            if (known.isOver()) {
                forgetIfOver(id);
            }
        }
    }

    /** A Service is there. */
    void appeared(ServiceId id) {
        services.compute(id, (key, known) -> {
            if (known == null) {
                return maker.apply(key);
            }
            known.appear();
            return known;
        });
    }

    /** There is a place now to show them in. */
    void showUsed() {
        services.values().forEach(ServiceMeters::showIfUsed);
    }

    /** A Service went. */
    void went(ServiceId id) {
        ServiceMeters known = services.get(id);
        if (known != null) {
            known.goAway();
            forgetIfOver(id);
        }
    }

    private void forgetIfOver(ServiceId id) {
        services.computeIfPresent(id, (key, known) -> known.retire() ? null : known);
    }
}
