package io.remora.registry;

import io.remora.discovery.IpFamily;
import io.remora.discovery.ServiceId;

/**
 * Identity of a {@link Destination}: it stays when the Service's addresses, port numbers, policies or endpoints change.
 *
 * @param portName name of the Service port; empty if it has none
 * @param family ClusterIPs lead to endpoints of their own family only, so each family is a Destination of its own
 * @param external whether only the addresses that are no ClusterIP lead to it: under {@code internalTrafficPolicy: Local}
 *     those use the whole cluster's endpoints, and so are a Destination of their own
 */
public record DestinationId(ServiceId service, String portName, IpFamily family, boolean external)
        implements Comparable<DestinationId> {

    /** The Destination of the ClusterIP. */
    public DestinationId(ServiceId service, String portName, IpFamily family) {
        this(service, portName, family, false);
    }

    @Override
    public int compareTo(DestinationId other) {
        int byService = service.compareTo(other.service);
        if (byService != 0) {
            return byService;
        }
        int byPort = portName.compareTo(other.portName);
        if (byPort != 0) {
            return byPort;
        }
        int byFamily = family.compareTo(other.family);
        return byFamily != 0 ? byFamily : Boolean.compare(external, other.external);
    }

    /** Returns {@code namespace/name:port}, with the family behind it if it is IPv6. */
    @Override
    public String toString() {
        String text = portName.isEmpty() ? service.toString() : service + ":" + portName;
        String familyText = family == IpFamily.IPV6 ? text + "/IPv6" : text;
        return external ? familyText + "/external" : familyText;
    }
}
