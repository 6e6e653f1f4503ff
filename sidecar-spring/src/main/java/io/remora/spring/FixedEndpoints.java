package io.remora.spring;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Makes endpoints out of {@code HOST:PORT}. */
final class FixedEndpoints {

    private static final int MOST_PORT = 65535;

    private final HostResolver resolver;

    FixedEndpoints(HostResolver resolver) {
        this.resolver = resolver;
    }

    /**
     * Returns an endpoint for each address of a host: of its IPv4 addresses if it has any, else of its IPv6 addresses.
     *
     * @param text an IPv6 address has brackets around it
     * @throws IllegalArgumentException saying what is wrong and the fix
     */
    List<Endpoint> parse(String text) {
        int colon = text.lastIndexOf(':');
        int port = colon < 0 ? 0 : port(text.substring(colon + 1));
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        String bare = brackets ? host.substring(1, host.length() - 1) : host;
        if (port == 0 || bare.isEmpty() || !brackets && bare.indexOf(':') >= 0) {
            throw new IllegalArgumentException("not valid; give HOST:PORT, for example localhost:9001 or [::1]:9001");
        }
        return addresses(bare).stream().map(ip -> Endpoint.ready(ip, port)).toList();
    }

    /** Returns a port's number; 0 if it is none. */
    static int port(String text) {
        try {
            int number = Integer.parseInt(text);
            return number < 1 || number > MOST_PORT ? 0 : number;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private List<IpAddress> addresses(String host) {
        Optional<IpAddress> literal = IpAddress.tryParse(host);
        if (literal.isPresent()) {
            return List.of(literal.get());
        }
        List<IpAddress> all;
        try {
            InetAddress[] found = resolver.resolve(host);
            all = Arrays.stream(found).map(IpAddress::of).toList();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "host " + host + " is not known; give one that is when the application starts, or an address", e);
        }
        List<IpAddress> ipv4 =
                all.stream().filter(ip -> ip.family() == IpFamily.IPV4).toList();
        return ipv4.isEmpty() ? all : ipv4;
    }
}
