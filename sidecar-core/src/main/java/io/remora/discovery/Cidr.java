package io.remora.discovery;

import java.util.Objects;
import java.util.Optional;

/**
 * A range of IP addresses in CIDR notation (RFC 4632, RFC 4291). Immutable.
 *
 * @param base its first address: the bits behind the prefix are zero
 * @param prefix length of the prefix in bits, 0 to 32 or to 128
 */
public record Cidr(IpAddress base, int prefix) {

    public Cidr {
        Objects.requireNonNull(base);
        if (prefix < 0 || prefix > bits(base.family())) {
            throw new IllegalArgumentException("the prefix length of " + base + " must be 0-" + bits(base.family()));
        }
        base = masked(base, prefix);
    }

    /**
     * Reads {@code address/length}; bits of the address behind the prefix are ignored.
     *
     * @return empty if the text is no such range
     */
    public static Optional<Cidr> tryParse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        String length = text.substring(slash + 1);
        if (!length.matches("\\d{1,3}")) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(length);
        return IpAddress.tryParse(text.substring(0, slash))
                .filter(ip -> prefix <= bits(ip.family()))
                .map(ip -> new Cidr(ip, prefix));
    }

    /** As {@link #tryParse(String)}; an address without a length is a range of its own. */
    public static Optional<Cidr> tryParseRangeOrAddress(String text) {
        return text.indexOf('/') >= 0
                ? tryParse(text)
                : IpAddress.tryParse(text).map(ip -> new Cidr(ip, bits(ip.family())));
    }

    /** Whether an address of the same family lies within. */
    public boolean contains(IpAddress ip) {
        return ip.family() == base.family() && masked(ip, prefix).equals(base);
    }

    /** The family of its addresses. */
    public IpFamily family() {
        return base.family();
    }

    private static int bits(IpFamily family) {
        return family == IpFamily.IPV4 ? 32 : 128;
    }

    private static IpAddress masked(IpAddress ip, int prefix) {
        if (ip.family() == IpFamily.IPV4) {
            return new IpAddress(IpFamily.IPV4, 0, ip.low() & leading(prefix + 32) & 0xffffffffL);
        }
        return new IpAddress(IpFamily.IPV6, ip.high() & leading(Math.min(prefix, 64)), ip.low() & leading(prefix - 64));
    }

    /** A word whose first bits are set. */
    private static long leading(int bits) {
        return bits <= 0 ? 0 : -1L << (64 - bits);
    }

    /** Returns {@code address/length}. */
    @Override
    public String toString() {
        return base + "/" + prefix;
    }
}
