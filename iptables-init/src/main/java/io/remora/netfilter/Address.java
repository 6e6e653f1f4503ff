package io.remora.netfilter;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * An IP address as a number: IPv4 in the low 32 bits of {@code low}, IPv6 in both words. Text is RFC 5952, which is
 * also how iptables-save writes it.
 *
 * @param family the address family
 * @param high the upper 64 bits, zero for IPv4
 * @param low the lower 64 bits
 */
public record Address(Family family, long high, long low) implements Comparable<Address> {

    /** Reads a literal; null when the text is none (names are never looked up). */
    public static @Nullable Address parse(String text) {
        return text.indexOf(':') < 0 ? parseIpv4(text) : parseIpv6(text);
    }

    /** The number of an address of the JDK. */
    public static Address of(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return new Address(Family.IPV4, 0, word(bytes, 0, 4));
        }
        return new Address(Family.IPV6, word(bytes, 0, 8), word(bytes, 8, 8));
    }

    /** The same address for the JDK's sockets. */
    public InetAddress toInetAddress() {
        byte[] bytes = new byte[family.bits() / 8];
        for (int i = 0; i < bytes.length; i++) {
            int fromEnd = bytes.length - 1 - i;
            long word = fromEnd < 8 ? low : high;
            bytes[i] = (byte) (word >>> (8 * (fromEnd % 8)));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The next address; null after the last of the family. */
    @Nullable
    Address next() {
        if (family == Family.IPV4) {
            return low == 0xffff_ffffL ? null : new Address(family, 0, low + 1);
        }
        if (low != -1L) {
            return new Address(family, high, low + 1);
        }
        return high == -1L ? null : new Address(family, high + 1, 0);
    }

    @Override
    public int compareTo(Address other) {
        if (family != other.family) {
            return family.compareTo(other.family);
        }
        int upper = Long.compareUnsigned(high, other.high);
        return upper != 0 ? upper : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return family == Family.IPV4 ? ipv4Text() : ipv6Text();
    }

    private String ipv4Text() {
        return ((low >>> 24) & 0xff) + "." + ((low >>> 16) & 0xff) + "." + ((low >>> 8) & 0xff) + "." + (low & 0xff);
    }

    private String ipv6Text() {
        int runStart = -1;
        int runLength = 1; // RFC 5952 4.2.2: a single zero group is not shortened
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && group(end) == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        StringBuilder text = new StringBuilder(40);
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
            } else {
                if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private int group(int index) {
        long word = index < 4 ? high : low;
        return (int) (word >>> (48 - 16 * (index % 4))) & 0xffff;
    }

    private static long word(byte[] bytes, int from, int length) {
        long word = 0;
        for (int i = from; i < from + length; i++) {
            word = word << 8 | (bytes[i] & 0xff);
        }
        return word;
    }

    private static @Nullable Address parseIpv4(String text) {
        long value = 0;
        int parts = 0;
        int at = 0;
        while (parts < 4) {
            int end = parts < 3 ? text.indexOf('.', at) : text.length();
            if (end < 0) {
                return null;
            }
            int octet = octet(text, at, end);
            if (octet < 0) {
                return null;
            }
            value = value << 8 | octet;
            at = end + 1;
            parts++;
        }
        return new Address(Family.IPV4, 0, value);
    }

    /** A decimal 0-255 without leading zeros (some programs read those as octal), or -1. */
    private static int octet(String text, int from, int to) {
        int length = to - from;
        if (length < 1 || length > 3 || (length > 1 && text.charAt(from) == '0')) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            value = value * 10 + (digit - '0');
        }
        return value > 255 ? -1 : value;
    }

    private static @Nullable Address parseIpv6(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ':' && c != '.' && Character.digit(c, 16) < 0) {
                return null;
            }
        }
        try {
            InetAddress address = InetAddress.getByName(text); // a colon: never a name
            return address instanceof Inet4Address ? null : of(address);
        } catch (UnknownHostException notAnAddress) {
            return null;
        }
    }
}
