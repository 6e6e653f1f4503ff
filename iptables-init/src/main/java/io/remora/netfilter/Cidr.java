package io.remora.netfilter;

import org.jspecify.annotations.Nullable;

/**
 * A block of addresses.
 *
 * @param base the first address; its host bits are zero
 * @param prefix leading bits that all of its addresses share, 0 to 32 or 128
 */
public record Cidr(Address base, int prefix) {

    /** @throws IllegalArgumentException when the prefix is out of range or a host bit is set */
    public Cidr {
        if (prefix < 0 || prefix > base.family().bits()) {
            throw new IllegalArgumentException(
                    "the prefix must be 0-" + base.family().bits() + ": " + prefix);
        }
        Address network = masked(base, prefix);
        if (base.compareTo(network) != 0) {
            throw new IllegalArgumentException(
                    base + "/" + prefix + " has host bits set; did you mean " + network + "/" + prefix + "?");
        }
    }

    /**
     * Reads {@code 10.96.0.0/16}, {@code fd00:10:96::/112}, or a single address.
     *
     * @throws IllegalArgumentException with a message that says what is wrong with the text
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        Address address = Address.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no CIDR; expected one like 10.96.0.0/16 or fd00:10:96::/112");
        }
        if (slash < 0) {
            return of(address);
        }
        int prefix = Numbers.parseInt(text.substring(slash + 1));
        if (prefix < 0 || prefix > address.family().bits()) {
            throw new IllegalArgumentException("'" + text + "': the prefix after the slash must be 0-"
                    + address.family().bits());
        }
        return new Cidr(address, prefix);
    }

    /** The block of one address. */
    public static Cidr of(Address address) {
        return new Cidr(address, address.family().bits());
    }

    /** The family of its addresses. */
    public Family family() {
        return base.family();
    }

    /** The highest address. */
    public Address last() {
        if (family() == Family.IPV4) {
            return new Address(Family.IPV4, 0, base.low() | (0xffff_ffffL & ~mask(prefix + 32, 64)));
        }
        return new Address(
                Family.IPV6, base.high() | ~mask(prefix, 64), base.low() | ~mask(Math.max(0, prefix - 64), 64));
    }

    /** Whether the address is of this block. */
    public boolean contains(Address address) {
        return address.family() == family() && masked(address, prefix).compareTo(base) == 0;
    }

    /** Whether an address is of both blocks. */
    public boolean overlaps(Cidr other) {
        return contains(other.base) || other.contains(base);
    }

    /**
     * The lowest address of this block that is in none of the others; null when they cover it. The lowest address of a
     * Service CIDR is the one that Kubernetes never gives to a Service.
     */
    @Nullable
    Address firstOutside(Iterable<Cidr> others) {
        Address candidate = base;
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Cidr other : others) {
                if (other.contains(candidate)) {
                    Address next = other.last().next();
                    if (next == null || !contains(next)) {
                        return null;
                    }
                    candidate = next;
                    moved = true;
                }
            }
        }
        return candidate;
    }

    /** As iptables-save writes it: always with the prefix. */
    @Override
    public String toString() {
        return base + "/" + prefix;
    }

    private static Address masked(Address address, int prefix) {
        if (address.family() == Family.IPV4) {
            return new Address(Family.IPV4, 0, address.low() & mask(prefix + 32, 64));
        }
        return new Address(
                Family.IPV6, address.high() & mask(prefix, 64), address.low() & mask(Math.max(0, prefix - 64), 64));
    }

    /** The word whose upper {@code ones} bits are set; more than {@code width} counts as all. */
    private static long mask(int ones, int width) {
        if (ones <= 0) {
            return 0;
        }
        return ones >= width ? -1L : -1L << (width - ones);
    }
}
