package io.remora.discovery;

import io.remora.discovery.ServicePort.PortKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Service with the endpoints of all its EndpointSlices merged, as the API tells them at one moment. No rule is applied
 * yet: endpoints that are not ready are here too. Immutable.
 *
 * @param endpoints both families together, by port name and protocol, without duplicates, in the numeric order of their
 *     addresses and ports
 * @param lastChangeTriggerTime when the change happened that led to the newest slice
 *     ({@code endpoints.kubernetes.io/last-change-trigger-time}); null if no slice says so
 */
public record ServiceSnapshot(
        ServiceId id,
        ServiceSpec spec,
        Map<PortKey, List<Endpoint>> endpoints,
        @Nullable Instant lastChangeTriggerTime) {

    public ServiceSnapshot {
        Objects.requireNonNull(id);
        Objects.requireNonNull(spec);
        endpoints = Map.copyOf(endpoints);
    }

    /** Whether an endpoint of that address, port and pod is here, in whatever condition and behind whichever port. */
    public boolean hasEndpoint(Endpoint wanted) {
        for (List<Endpoint> all : endpoints.values()) {
            for (Endpoint endpoint : all) {
                if (endpoint.isSame(wanted)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns the endpoints of one port in one family; possibly none. */
    public List<Endpoint> endpoints(PortKey port, IpFamily family) {
        List<Endpoint> all = endpoints.getOrDefault(port, List.of());
        return all.stream().allMatch(e -> e.ip().family() == family)
                ? all
                : all.stream().filter(e -> e.ip().family() == family).toList();
    }
}
