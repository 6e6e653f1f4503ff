package io.remora.discovery;

import org.jspecify.annotations.Nullable;

/**
 * One port of a Service ({@code spec.ports[]}). {@code targetPort} is not here: endpoints are matched by port name and
 * protocol, as kube-proxy does, and their slices carry the number.
 *
 * @param name the port's name; empty for the only port of a Service that gave none
 * @param port the number clients dial, 1 to 65535
 * @param appProtocol the application protocol hint (KEP-1507), for example {@code kubernetes.io/h2c}
 * @param nodePort the port on every node, 0 if there is none
 */
public record ServicePort(
        String name, int port, Protocol protocol, @Nullable String appProtocol, int nodePort) {

    public ServicePort {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("a Service port must be 1-65535: " + port);
        }
        if (nodePort < 0 || nodePort > 65535) {
            throw new IllegalArgumentException("a node port must be 0-65535: " + nodePort);
        }
    }

    /** A TCP port with neither application protocol nor node port. */
    public static ServicePort tcp(String name, int port) {
        return new ServicePort(name, port, Protocol.TCP, null, 0);
    }

    /** The key under which {@link ServiceSnapshot#endpoints()} holds the endpoints of this port. */
    public PortKey key() {
        return new PortKey(name, protocol);
    }

    /** What ties a Service port to the ports of its EndpointSlices: name and protocol. */
    public record PortKey(String name, Protocol protocol) {}
}
