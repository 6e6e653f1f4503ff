package io.remora.registry;

import io.remora.discovery.IpFamily;
import io.remora.discovery.ServiceId;

/**
 * Identity of a {@link Destination}: it stays when the Service's addresses, port numbers or endpoints change.
 *
 * @param portName name of the Service port; empty if it has none
 * @param family ClusterIPs lead to endpoints of their own family only, so each family is a Destination of its own
 */
public record DestinationId(ServiceId service, String portName, IpFamily family) implements Comparable<DestinationId> {

    @Override
    public int compareTo(DestinationId other) {
        int byService = service.compareTo(other.service);
        if (byService != 0) {
            return byService;
        }
        int byPort = portName.compareTo(other.portName);
        return byPort != 0 ? byPort : family.compareTo(other.family);
    }

    /** Returns {@code namespace/name:port}, with the family behind it if it is IPv6. */
    @Override
    public String toString() {
        String text = portName.isEmpty() ? service.toString() : service + ":" + portName;
        return family == IpFamily.IPV6 ? text + "/IPv6" : text;
    }
}
