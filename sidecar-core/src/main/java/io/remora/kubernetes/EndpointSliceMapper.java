package io.remora.kubernetes;

import static io.remora.kubernetes.ServiceMapper.orEmpty;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointHints;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.ForNode;
import io.fabric8.kubernetes.api.model.discovery.v1.ForZone;
import io.remora.discovery.Endpoint;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort.PortKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code discovery.k8s.io/v1 EndpointSlice} with kube-proxy's eyes: only {@code addresses[0]} counts, an endpoint
 * without a readable address of the slice's family is left out, and so is a port without a number.
 */
final class EndpointSliceMapper {

    static final String SERVICE_NAME = "kubernetes.io/service-name";
    static final String HEADLESS = "service.kubernetes.io/headless";
    static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";

    private final Interner interner;
    private final boolean headless;

    /** @param headless whether slices of headless Services are read */
    EndpointSliceMapper(Interner interner, boolean headless) {
        this.interner = interner;
        this.headless = headless;
    }

    /**
     * Returns what the slice says; null if it is nothing to us: it belongs to no Service, or to a headless one and
     * those are not wanted, or its addresses are names.
     *
     * @throws IllegalArgumentException saying what is wrong with the object
     */
    @Nullable
    SliceContent map(EndpointSlice slice) {
        Map<String, String> labels = orEmpty(slice.getMetadata().getLabels());
        String service = labels.get(SERVICE_NAME);
        IpFamily family = family(slice.getAddressType());
        boolean unwanted = !headless && labels.containsKey(HEADLESS);
        if (service == null || service.isEmpty() || unwanted || family == null) {
            return null;
        }
        return new SliceContent(
                Objects.hashCode(slice.getMetadata().getUid()),
                interner.intern(
                        new ServiceId(interner.intern(slice.getMetadata().getNamespace()), service)),
                endpoints(slice, family),
                triggerTime(orEmpty(slice.getMetadata().getAnnotations()).get(TRIGGER_TIME)));
    }

    private static @Nullable IpFamily family(@Nullable String addressType) {
        if (addressType == null) {
            throw new IllegalArgumentException("addressType is missing");
        }
        return switch (addressType) {
            case "IPv4" -> IpFamily.IPV4;
            case "IPv6" -> IpFamily.IPV6;
            case "FQDN" -> null;
            default -> throw new IllegalArgumentException("addressType is unknown: '" + addressType + "'");
        };
    }

    private Map<PortKey, List<Endpoint>> endpoints(EndpointSlice slice, IpFamily family) {
        List<Endpoint> anyPort = new ArrayList<>();
        for (var endpoint : orEmpty(slice.getEndpoints())) {
            IpAddress ip = address(endpoint, family);
            if (ip != null) {
                anyPort.add(endpoint(endpoint, ip));
            }
        }
        Map<PortKey, List<Endpoint>> byPort = new HashMap<>();
        for (EndpointPort port : orEmpty(slice.getPorts())) {
            if (port.getPort() != null) {
                String name = port.getName() == null ? "" : port.getName();
                PortKey key =
                        interner.intern(new PortKey(interner.intern(name), ServiceMapper.protocol(port.getProtocol())));
                int number = port.getPort();
                if (number < 1 || number > 65535) {
                    throw new IllegalArgumentException("ports[].port must be 1 to 65535, not " + number);
                }
                byPort.computeIfAbsent(key, made -> new ArrayList<>())
                        .addAll(anyPort.stream().map(e -> withPort(e, number)).toList());
            }
        }
        byPort.replaceAll((key, endpoints) -> MergedEndpoints.distinct(endpoints));
        return byPort;
    }

    private static @Nullable IpAddress address(
            io.fabric8.kubernetes.api.model.discovery.v1.Endpoint endpoint, IpFamily family) {
        List<String> addresses = orEmpty(endpoint.getAddresses());
        return addresses.isEmpty()
                ? null
                : Addresses.tryParse(addresses.get(0))
                        .filter(ip -> ip.family() == family)
                        .orElse(null);
    }

    /** The endpoint with port 1, in whose place {@link #withPort} puts that of a slice port. */
    private Endpoint endpoint(io.fabric8.kubernetes.api.model.discovery.v1.Endpoint endpoint, IpAddress ip) {
        var conditions = endpoint.getConditions();
        EndpointHints hints = endpoint.getHints();
        return new Endpoint(
                ip,
                1,
                conditions == null
                        ? EndpointConditions.READY
                        : interner.intern(EndpointConditions.of(
                                conditions.getReady(), conditions.getServing(), conditions.getTerminating())),
                interner.internNullable(endpoint.getZone()),
                interner.internNullable(endpoint.getNodeName()),
                hints == null
                        ? Set.of()
                        : interner.set(orEmpty(hints.getForZones()).stream()
                                .map(ForZone::getName)
                                .toList()),
                hints == null
                        ? Set.of()
                        : interner.set(orEmpty(hints.getForNodes()).stream()
                                .map(ForNode::getName)
                                .toList()),
                target(endpoint.getTargetRef()));
    }

    private static Endpoint withPort(Endpoint endpoint, int port) {
        return new Endpoint(
                endpoint.ip(),
                port,
                endpoint.conditions(),
                endpoint.zone(),
                endpoint.node(),
                endpoint.zoneHints(),
                endpoint.nodeHints(),
                endpoint.target());
    }

    private @Nullable TargetRef target(@Nullable ObjectReference reference) {
        return reference == null
                ? null
                : new TargetRef(
                        interner.intern(text(reference.getKind())),
                        interner.intern(text(reference.getNamespace())),
                        text(reference.getName()),
                        text(reference.getUid()));
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static @Nullable Instant triggerTime(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null; // only a measurement depends on it
        }
    }
}
