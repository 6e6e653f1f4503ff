package io.remora.discovery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address as two longs: small, quick to compare and never in need of a name look-up. An IPv4-mapped IPv6
 * address ({@code ::ffff:a.b.c.d}) is the IPv4 address, as the kernel and {@link InetAddress} have it. Immutable.
 *
 * @param family the address family
 * @param high the first 8 bytes of an IPv6 address, 0 for IPv4
 * @param low the last 8 bytes of an IPv6 address, or the 4 bytes of an IPv4 one as an unsigned number
 */
public record IpAddress(IpFamily family, long high, long low) implements Comparable<IpAddress> {

    private static final long MAPPED_PREFIX = 0xffffL;

    /** Reads an address from its 4 or 16 bytes in network order. */
    public static IpAddress ofBytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length == 4) {
            return ofIpv4(buffer.getInt());
        }
        if (bytes.length == 16) {
            return ofIpv6(buffer.getLong(), buffer.getLong());
        }
        throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + bytes.length);
    }

    /** The IPv4 address whose 4 bytes, in network order, are the given number. */
    public static IpAddress ofIpv4(int address) {
        return new IpAddress(IpFamily.IPV4, 0, Integer.toUnsignedLong(address));
    }

    /** The IPv6 address of the given 16 bytes; the IPv4 one if it is mapped. */
    public static IpAddress ofIpv6(long high, long low) {
        if (high == 0 && low >>> 32 == MAPPED_PREFIX) {
            return ofIpv4((int) low);
        }
        return new IpAddress(IpFamily.IPV6, high, low);
    }

    /** The address of the Java type, without its scope. */
    public static IpAddress of(InetAddress address) {
        return ofBytes(address.getAddress());
    }

    /**
     * Reads the text form: dotted quad with no leading zeros, or any form of RFC 4291 without a zone.
     *
     * @throws IllegalArgumentException if the text is no such address; names are never looked up
     */
    public static IpAddress parse(String text) {
        return tryParse(text)
                .orElseThrow(() -> new IllegalArgumentException("not an IPv4 or IPv6 address: '" + text + "'"));
    }

    /** As {@link #parse(String)}; empty if the text is no address. */
    public static Optional<IpAddress> tryParse(String text) {
        if (text.indexOf(':') < 0) {
            return parseIpv4(text);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
                return Optional.empty();
            }
        }
        try {
            // With a colon in it the JDK takes the text as a literal and never as a name.
            return Optional.of(of(InetAddress.getByName(text)));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static Optional<IpAddress> parseIpv4(String text) {
        int value = 0;
        int part = -1;
        int dots = 0;
        int digits = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && part >= 0 && dots < 3) {
                value = value << 8 | part;
                part = -1;
                digits = 0;
                dots++;
            } else if (c >= '0' && c <= '9' && !(digits > 0 && part == 0)) {
                part = (part < 0 ? 0 : part * 10) + c - '0';
                digits++;
                if (part > 255) {
                    return Optional.empty();
                }
            } else {
                return Optional.empty();
            }
        }
        return dots == 3 && part >= 0 ? Optional.of(ofIpv4(value << 8 | part)) : Optional.empty();
    }

    /** Returns the 4 or 16 bytes in network order. */
    public byte[] toBytes() {
        return family == IpFamily.IPV4
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /** Returns the Java type; no look-up happens. */
    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are always an address", e);
        }
    }

    /** Whether it is in 127.0.0.0/8 or {@code ::1}. */
    public boolean isLoopback() {
        return family == IpFamily.IPV4 ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    /** IPv4 before IPv6, then in numeric order. */
    @Override
    public int compareTo(IpAddress other) {
        int byFamily = family.compareTo(other.family);
        if (byFamily != 0) {
            return byFamily;
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public int hashCode() {
        // The low bits of neighbouring addresses must reach the whole word: it is cut to a few bits by hash tables.
        long mixed = (low ^ Long.rotateLeft(high, 31)) * 0x9e3779b97f4a7c15L;
        return (int) (mixed ^ mixed >>> 32);
    }

    /** Returns the canonical text: dotted quad, or RFC 5952. */
    @Override
    public String toString() {
        if (family == IpFamily.IPV4) {
            return (low >>> 24) + "." + (low >>> 16 & 0xff) + "." + (low >>> 8 & 0xff) + "." + (low & 0xff);
        }
        return Ipv6Text.format(high, low);
    }
}
