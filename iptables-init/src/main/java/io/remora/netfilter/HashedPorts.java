package io.remora.netfilter;

/**
 * Which of a range of ports a captured connection is redirected to: what the {@code jhash} expression of nftables
 * computes from the destination, with {@link #SEED}. The agent computes the same and listens on the ports of addresses
 * that it can serve.
 *
 * @param range the ports, 2 to 4096 of them
 */
public record HashedPorts(PortRange range) {

    /** Above the kernel's default range of ephemeral ports, which ends at 60999. */
    public static final HashedPorts DEFAULT = new HashedPorts(new PortRange(61000, 62023));

    /** The seed of the hash, the same in the agent. */
    static final int SEED = 0x72656d6f;

    private static final int MOST = 4096;
    private static final int INITIAL = 0xdeadbeef; // JHASH_INITVAL, include/linux/jhash.h

    /** @throws IllegalArgumentException when the range is too small or too large */
    public HashedPorts {
        if (count(range) < 2 || count(range) > MOST) {
            throw new IllegalArgumentException(
                    range.first() + "-" + range.last() + " must be 2 to " + MOST + " ports: " + count(range));
        }
    }

    /** How many ports. */
    public int count() {
        return count(range);
    }

    /** The port that a connection to this address and port is redirected to. */
    public int portOf(Address address, int port) {
        return range.first() + (int) (((hash(address, port) & 0xffff_ffffL) * count()) >>> 32);
    }

    private static int count(PortRange range) {
        return range.last() - range.first() + 1;
    }

    /** {@code jhash()} of the kernel over the address, the port and two zero bytes, as the registers hold them. */
    private static int hash(Address address, int port) {
        // Words are read in the byte order of the machine; those that the agent runs on are little-endian.
        int last = Integer.reverseBytes(port << 16);
        if (address.family() == Family.IPV4) {
            int initial = INITIAL + 8 + SEED;
            return mixedLast(initial + word(address.low(), 0), initial + last, initial);
        }
        int a = INITIAL + 20 + SEED;
        int b = a;
        int c = a;
        a += word(address.high(), 32);
        b += word(address.high(), 0);
        c += word(address.low(), 32);
        a -= c;
        a ^= Integer.rotateLeft(c, 4);
        c += b;
        b -= a;
        b ^= Integer.rotateLeft(a, 6);
        a += c;
        c -= b;
        c ^= Integer.rotateLeft(b, 8);
        b += a;
        a -= c;
        a ^= Integer.rotateLeft(c, 16);
        c += b;
        b -= a;
        b ^= Integer.rotateLeft(a, 19);
        a += c;
        c -= b;
        c ^= Integer.rotateLeft(b, 4);
        b += a;
        return mixedLast(a + word(address.low(), 0), b + last, c);
    }

    private static int word(long bits, int shift) {
        return Integer.reverseBytes((int) (bits >>> shift));
    }

    /** {@code __jhash_final}. */
    private static int mixedLast(int a, int b, int c) {
        c ^= b;
        c -= Integer.rotateLeft(b, 14);
        a ^= c;
        a -= Integer.rotateLeft(c, 11);
        b ^= a;
        b -= Integer.rotateLeft(a, 25);
        c ^= b;
        c -= Integer.rotateLeft(b, 16);
        a ^= c;
        a -= Integer.rotateLeft(c, 4);
        b ^= a;
        b -= Integer.rotateLeft(a, 14);
        c ^= b;
        c -= Integer.rotateLeft(b, 24);
        return c;
    }
}
