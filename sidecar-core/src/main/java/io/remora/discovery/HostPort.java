package io.remora.discovery;

/** Text of an address with a port (RFC 3986 host and port). */
final class HostPort {

    private HostPort() {}

    static String format(IpAddress ip, int port) {
        return ip.family() == IpFamily.IPV6 ? "[" + ip + "]:" + port : ip + ":" + port;
    }
}
