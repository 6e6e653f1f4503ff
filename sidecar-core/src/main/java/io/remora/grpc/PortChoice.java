package io.remora.grpc;

import io.grpc.Status;
import io.grpc.StatusOr;
import io.remora.client.ServiceTarget;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.registry.Exclusion;
import io.remora.registry.ServiceEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which port of a Service a target means. Stateless. */
final class PortChoice {

    /** The port that is meant where none is named and the Service has several. */
    private static final String USUAL = "grpc";

    private PortChoice() {}

    /** Returns the port that is meant; why there is none, and what to do about it, if there is none. */
    static StatusOr<ServiceTarget> of(ServiceEntry entry, GrpcTarget target) {
        ServiceId service = entry.service().id();
        Exclusion exclusion = entry.exclusion();
        if (exclusion != null && entry.destinations().isEmpty()) {
            return no("Service " + service + " cannot be balanced: " + exclusion.reason() + "; use a target dns:///"
                    + target.host() + " with a port number");
        }
        List<ServicePort> ports = new ArrayList<>();
        for (ServicePort port : entry.service().spec().ports()) {
            if (port.protocol() == Protocol.TCP) {
                ports.add(port);
            }
        }
        ServiceTarget wanted = wanted(service, target, ports);
        if (wanted == null) {
            return no("Service " + service
                    + " has several ports and the target names none of them; add one to the target: " + text(ports));
        }
        for (ServicePort port : ports) {
            if (wanted.matches(port)) {
                return StatusOr.fromValue(wanted);
            }
        }
        return no("Service " + service + " has no TCP port " + port(target) + "; it has " + text(ports));
    }

    private static @Nullable ServiceTarget wanted(ServiceId service, GrpcTarget target, List<ServicePort> ports) {
        if (target.portName() != null) {
            return ServiceTarget.of(service, target.portName());
        }
        if (target.portNumber() != 0) {
            return ServiceTarget.of(service, target.portNumber());
        }
        if (ports.size() == 1) {
            return ServiceTarget.of(service);
        }
        return ports.stream().anyMatch(port -> port.name().equals(USUAL)) ? ServiceTarget.of(service, USUAL) : null;
    }

    private static String port(GrpcTarget target) {
        return Objects.requireNonNullElseGet(target.portName(), () -> Integer.toString(target.portNumber()));
    }

    private static String text(List<ServicePort> ports) {
        return ports.stream()
                .map(port ->
                        port.name().isEmpty() ? Integer.toString(port.port()) : port.name() + " (" + port.port() + ")")
                .collect(Collectors.joining(", "));
    }

    private static StatusOr<ServiceTarget> no(String text) {
        return StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(text));
    }
}
