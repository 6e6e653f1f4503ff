package io.remora.relay;

import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;

/**
 * Which of several ports the init step's rules redirect an address to: what {@code jhash ip daddr . tcp dport} of nftables
 * computes (the kernel's {@code nft_hash.c} and {@code include/linux/jhash.h}). Each family has ports of its own, on its
 * own loopback. A pure function.
 *
 * @param first the first port
 * @param count how many
 */
record HashedPorts(int first, int count) {

    /** The seed of the hash, the same in the init step's rules. */
    static final int SEED = 0x72656d6f;

    private static final int INITIAL = 0xdeadbeef; // JHASH_INITVAL

    static HashedPorts of(RefusalConfig config) {
        return new HashedPorts(config.firstPort(), config.lastPort() - config.firstPort() + 1);
    }

    /** Ports of both families. */
    int buckets() {
        return 2 * count;
    }

    /** Returns which bucket an address is in; those of IPv4 come first. */
    int bucket(TransportAddress address) {
        IpAddress ip = address.ip();
        long hash = Integer.toUnsignedLong(hash(ip, address.port()));
        int before = ip.family() == IpFamily.IPV4 ? 0 : count;
        return before + (int) (hash * count >>> Integer.SIZE); // reciprocal_scale()
    }

    /** Returns the family of a bucket's addresses. */
    IpFamily family(int bucket) {
        return bucket < count ? IpFamily.IPV4 : IpFamily.IPV6;
    }

    /** Returns the port that a bucket's addresses are redirected to. */
    int port(int bucket) {
        return first + bucket % count;
    }

    /** {@code jhash()} over the address, the port and two zero bytes: what the registers hold. */
    private static int hash(IpAddress ip, int port) {
        // Words are read in the machine's byte order; all machines that Netty's epoll runs on are little-endian.
        int last = Integer.reverseBytes(port << Short.SIZE);
        boolean v4 = ip.family() == IpFamily.IPV4;
        int a = INITIAL + (v4 ? 8 : 20) + SEED; // the bytes that are hashed
        int b = a;
        int c = a;
        if (!v4) {
            a += Integer.reverseBytes((int) (ip.high() >>> Integer.SIZE));
            b += Integer.reverseBytes((int) ip.high());
            c += Integer.reverseBytes((int) (ip.low() >>> Integer.SIZE));
            // __jhash_mix
            a = a - c ^ Integer.rotateLeft(c, 4);
            c += b;
            b = b - a ^ Integer.rotateLeft(a, 6);
            a += c;
            c = c - b ^ Integer.rotateLeft(b, 8);
            b += a;
            a = a - c ^ Integer.rotateLeft(c, 16);
            c += b;
            b = b - a ^ Integer.rotateLeft(a, 19);
            a += c;
            c = c - b ^ Integer.rotateLeft(b, 4);
            b += a;
        }
        a += Integer.reverseBytes((int) ip.low());
        b += last;
        // __jhash_final
        c = (c ^ b) - Integer.rotateLeft(b, 14);
        a = (a ^ c) - Integer.rotateLeft(c, 11);
        b = (b ^ a) - Integer.rotateLeft(a, 25);
        c = (c ^ b) - Integer.rotateLeft(b, 16);
        a = (a ^ c) - Integer.rotateLeft(c, 4);
        b = (b ^ a) - Integer.rotateLeft(a, 14);
        return (c ^ b) - Integer.rotateLeft(b, 24);
    }
}
