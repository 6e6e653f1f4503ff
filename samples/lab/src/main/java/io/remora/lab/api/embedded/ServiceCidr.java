package io.remora.lab.api.embedded;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The range of ClusterIPs of one address family. Addresses are numbered from 0, the network's own.
 *
 * @param family {@code IPv4} or {@code IPv6}
 * @param size how many addresses it has
 */
record ServiceCidr(String family, String cidr, long size) {
    static final ServiceCidr IPV4 = new ServiceCidr("IPv4", "10.96.0.0/16", 1 << 16);
    static final ServiceCidr IPV6 = new ServiceCidr("IPv6", "fd00:96::/108", 1 << 20);

    static ServiceCidr of(String family) {
        return family.equals(IPV6.family) ? IPV6 : IPV4;
    }

    /** The address with this number, as the API writes it. */
    String address(long number) {
        if (equals(IPV4)) {
            return "10.96." + (number >> 8) + "." + (number & 0xff);
        }
        String high = number > 0xffff ? Long.toHexString(number >> 16) + ":" : "";
        return String.format(Locale.ROOT, "fd00:96::%s%x", high, number & 0xffff);
    }

    /** The number of an address; empty when it is no address of this range. */
    OptionalLong number(String address) {
        if (address.isEmpty() || !address.matches("[0-9a-fA-F:.]+")) {
            return OptionalLong.empty();
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            byte[] first = InetAddress.getByName(address(0)).getAddress();
            if (bytes.length != first.length) {
                return OptionalLong.empty();
            }
            long number = 0;
            for (int i = 0; i < bytes.length; i++) {
                number = (number << 8) | ((bytes[i] ^ first[i]) & 0xff);
                if (number >= size) {
                    return OptionalLong.empty();
                }
            }
            return OptionalLong.of(number);
        } catch (UnknownHostException e) {
            return OptionalLong.empty();
        }
    }

    /** The family of an address literal. */
    static ServiceCidr ofAddress(String address) {
        return address.indexOf(':') >= 0 ? IPV6 : IPV4;
    }

    static String family(InetAddress address) {
        return address instanceof Inet4Address ? IPV4.family : IPV6.family;
    }
}
