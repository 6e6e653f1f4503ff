package io.remora.agent;

import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.TransportAddress;
import java.util.Locale;

/** What somebody wants to have explained: an address, or a Service by name, and a port. */
sealed interface ExplainTarget {

    /** What the user wrote. */
    String text();

    /** An address and port. */
    record Address(String text, TransportAddress address) implements ExplainTarget {}

    /**
     * A Service's name and a port.
     *
     * @param service in any spelling that {@link ServiceNames} knows
     * @param port number or name
     */
    record Name(String text, String service, String port) implements ExplainTarget {}

    /**
     * Reads {@code ADDRESS:PORT}, {@code [ADDRESS]:PORT} or {@code NAME.NAMESPACE:PORT}, with {@code /udp} or the like
     * behind an address if it is not TCP.
     *
     * @throws IllegalArgumentException saying what is wrong and how to write it
     */
    static ExplainTarget parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw unreadable(text, IpAddress.tryParse(text).isPresent() ? "the port is missing" : "no port is given");
        }
        String host = text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
            if (IpAddress.tryParse(host).isEmpty()) {
                throw unreadable(text, "'" + host + "' is no IP address");
            }
        } else if (host.indexOf(':') >= 0) {
            throw unreadable(text, "an IPv6 address needs brackets: where does it end and the port begin?");
        }
        if (IpAddress.tryParse(host).isPresent()) {
            return new Address(text, address(text, IpAddress.parse(host), port));
        }
        if (host.matches("[0-9.]+")) {
            throw unreadable(text, "'" + host + "' is no IP address");
        }
        return new Name(text, host, port);
    }

    private static TransportAddress address(String text, IpAddress ip, String portText) {
        int slash = portText.indexOf('/');
        String number = slash < 0 ? portText : portText.substring(0, slash);
        Protocol protocol = Protocol.TCP;
        if (slash >= 0) {
            try {
                protocol = Protocol.valueOf(portText.substring(slash + 1).toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw unreadable(text, "a protocol is tcp, udp or sctp");
            }
        }
        if (!number.matches("\\d{1,5}") || Integer.parseInt(number) > 65535 || Integer.parseInt(number) == 0) {
            throw unreadable(text, "a port is a number from 1 to 65535");
        }
        return new TransportAddress(ip, Integer.parseInt(number), protocol);
    }

    private static IllegalArgumentException unreadable(String text, String why) {
        return new IllegalArgumentException(
                "'" + text + "': " + why + "; write 10.96.0.10:80, [fd00:96::a]:80 or NAME.NAMESPACE:PORT");
    }
}
