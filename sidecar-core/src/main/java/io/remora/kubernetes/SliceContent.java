package io.remora.kubernetes;

import io.remora.discovery.Endpoint;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort.PortKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one EndpointSlice says, in the form in which a Service with this only slice has it, so that nothing is copied for
 * that most common case. Immutable.
 *
 * @param uidHash hash of the object's uid
 * @param service value of the label {@code kubernetes.io/service-name}
 * @param endpoints by port name and protocol, as {@link MergedEndpoints#endpoints()}
 * @param lastChangeTriggerTime when the change happened that led to this slice
 */
record SliceContent(
        int uidHash,
        ServiceId service,
        Map<PortKey, List<Endpoint>> endpoints,
        @Nullable Instant lastChangeTriggerTime) {

    SliceContent {
        Objects.requireNonNull(service);
        endpoints = Map.copyOf(endpoints);
    }
}
