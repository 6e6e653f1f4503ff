package io.remora.netfilter;

import java.util.Locale;

/**
 * The type of service that the agent sets on its sockets before it dials, where it shares its user with the app: the
 * Differentiated Services Code Point, the upper six bits of IPv4's type of service and of IPv6's traffic class. The two bits
 * below belong to congestion notification and are not looked at.
 *
 * @param value 1 to 63; everybody else's connections have 0
 */
public record ProxyDscp(int value) implements Proxy {

    /** As iptables and nftables print it. */
    String text() {
        return String.format(Locale.ROOT, "0x%02x", value);
    }

    /** The whole octet, as sockets take it. */
    int trafficClass() {
        return value << 2;
    }
}
