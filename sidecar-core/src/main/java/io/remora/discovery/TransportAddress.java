package io.remora.discovery;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;

/**
 * An IP address, a port and a protocol: what a client dials, and the key under which a Service's ports are found
 * (RFC 8489 calls the pair of address and port so). Immutable.
 */
public final class TransportAddress {

    private final IpAddress ip;
    private final int port;
    private final Protocol protocol;
    private final int hash;

    /**
     * @param port 0 to 65535
     */
    public TransportAddress(IpAddress ip, int port, Protocol protocol) {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port must be 0-65535: " + port);
        }
        this.ip = Objects.requireNonNull(ip);
        this.port = port;
        this.protocol = Objects.requireNonNull(protocol);
        this.hash = ip.hashCode() + 0x61c88647 * port;
    }

    /** A TCP address. */
    public static TransportAddress tcp(IpAddress ip, int port) {
        return new TransportAddress(ip, port, Protocol.TCP);
    }

    /** The TCP address of a resolved socket address. */
    public static TransportAddress tcp(SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return tcp(IpAddress.of(inet.getAddress()), inet.getPort());
        }
        throw new IllegalArgumentException("not a resolved IP socket address: " + address);
    }

    /** The IP address. */
    public IpAddress ip() {
        return ip;
    }

    /** The port, 0 to 65535. */
    public int port() {
        return port;
    }

    /** The protocol. */
    public Protocol protocol() {
        return protocol;
    }

    /** Returns the Java type; no look-up happens. */
    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(ip.toInetAddress(), port);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransportAddress that
                && port == that.port
                && protocol == that.protocol
                && ip.equals(that.ip);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Returns {@code address:port}, with brackets around an IPv6 address, and the protocol if it is not TCP. */
    @Override
    public String toString() {
        String text = HostPort.format(ip, port);
        return protocol == Protocol.TCP ? text : text + "/" + protocol;
    }
}
