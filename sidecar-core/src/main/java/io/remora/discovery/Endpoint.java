package io.remora.discovery;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One address and port behind a Service port, with what its EndpointSlice says of it. Immutable.
 *
 * @param ip the endpoint's address ({@code addresses[0]}; the others have no meaning to kube-proxy)
 * @param port the port it listens on, 1 to 65535
 * @param conditions ready, serving, terminating
 * @param zone the zone it runs in
 * @param node the node it runs on
 * @param zoneHints zones that should use it ({@code hints.forZones}); empty if none are given
 * @param nodeHints nodes that should use it ({@code hints.forNodes}); empty if none are given
 * @param target the object it stands for, a Pod as a rule
 */
public record Endpoint(
        IpAddress ip,
        int port,
        EndpointConditions conditions,
        @Nullable String zone,
        @Nullable String node,
        Set<String> zoneHints,
        Set<String> nodeHints,
        @Nullable TargetRef target) {

    public Endpoint {
        Objects.requireNonNull(ip);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("an endpoint's port must be 1-65535: " + port);
        }
        zoneHints = Set.copyOf(zoneHints);
        nodeHints = Set.copyOf(nodeHints);
    }

    /** A ready endpoint of which nothing else is known. */
    public static Endpoint ready(IpAddress ip, int port) {
        return new Endpoint(ip, port, EndpointConditions.READY, null, null, Set.of(), Set.of(), null);
    }

    /** Returns this endpoint with other conditions. */
    public Endpoint withConditions(EndpointConditions other) {
        return new Endpoint(ip, port, other, zone, node, zoneHints, nodeHints, target);
    }

    /** Whether the other is the same place: address, port and pod uid. An address reused by another pod is not. */
    public boolean isSame(Endpoint other) {
        return port == other.port && ip.equals(other.ip) && Objects.equals(uid(), other.uid());
    }

    private @Nullable String uid() {
        return target == null ? null : target.uid();
    }

    /** Returns {@code address:port}, with brackets around an IPv6 address. */
    public String hostPort() {
        return HostPort.format(ip, port);
    }

    @Override
    public String toString() {
        return hostPort();
    }

    /**
     * The object an endpoint stands for ({@code targetRef}).
     *
     * @param kind {@code Pod} as a rule
     * @param uid unique in the cluster's life: another pod under the same name or address has another
     */
    public record TargetRef(String kind, String namespace, String name, String uid) {}
}
