package io.remora.registry;

import io.remora.discovery.Cidr;
import io.remora.discovery.IpAddress;
import java.util.List;
import java.util.Objects;

/**
 * What the registry is told of the place where the clients run. Immutable.
 *
 * @param client node and zone of the clients; a zone that is not given is learned from an endpoint on the node
 * @param nodeAddresses addresses of the clients' node on which node ports are served; none: node ports pass through
 * @param rejectUndefinedPorts whether a port that a known ClusterIP does not have is refused, as kube-proxy's nftables mode
 *     does, or passed through, as its iptables mode does
 * @param captureCidrs what the init step's rules capture; empty if that is not known. Explanations need it, no decision does
 * @param headless whether headless Services have Destinations, which no address leads to: for clients that name Services
 */
public record RegistryConfig(
        ClientLocation client,
        List<IpAddress> nodeAddresses,
        boolean rejectUndefinedPorts,
        List<Cidr> captureCidrs,
        boolean headless) {

    /** Nothing is known of the place. */
    public static final RegistryConfig DEFAULT = new RegistryConfig(ClientLocation.UNKNOWN, List.of(), true, List.of());

    public RegistryConfig {
        Objects.requireNonNull(client);
        nodeAddresses = List.copyOf(nodeAddresses);
        captureCidrs = List.copyOf(captureCidrs);
    }

    /** For clients that dial addresses. */
    public RegistryConfig(
            ClientLocation client,
            List<IpAddress> nodeAddresses,
            boolean rejectUndefinedPorts,
            List<Cidr> captureCidrs) {
        this(client, nodeAddresses, rejectUndefinedPorts, captureCidrs, false);
    }

    /** The same with other clients. */
    public RegistryConfig withClient(ClientLocation other) {
        return new RegistryConfig(other, nodeAddresses, rejectUndefinedPorts, captureCidrs, headless);
    }

    /** The same with or without Destinations of headless Services. */
    public RegistryConfig withHeadless(boolean value) {
        return new RegistryConfig(client, nodeAddresses, rejectUndefinedPorts, captureCidrs, value);
    }
}
