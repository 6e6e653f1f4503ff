package io.remora.netfilter;

/** An address family, with the name of the programs that hold its tables and the place where REDIRECT lands in it. */
public enum Family {
    /** IPv4, {@code iptables}. */
    IPV4("IPv4", "iptables", 32, "127.0.0.0/8", "127.0.0.1"),
    /** IPv6, {@code ip6tables}. */
    IPV6("IPv6", "ip6tables", 128, "::1/128", "::1");

    private final String title;
    private final String program;
    private final int bits;
    private final String loopbackCidr;
    private final String loopbackAddress;

    Family(String title, String program, int bits, String loopbackCidr, String loopbackAddress) {
        this.title = title;
        this.program = program;
        this.bits = bits;
        this.loopbackCidr = loopbackCidr;
        this.loopbackAddress = loopbackAddress;
    }

    /** The name for people, {@code IPv4} or {@code IPv6}. */
    public String title() {
        return title;
    }

    /** The stem of the program names, {@code iptables} or {@code ip6tables}. */
    public String program() {
        return program;
    }

    /** Bits of an address: 32 or 128. */
    public int bits() {
        return bits;
    }

    /** All loopback addresses of the family. */
    public String loopbackCidr() {
        return loopbackCidr;
    }

    /** Where the kernel's REDIRECT target sends a connection that this host dialled. */
    public String loopbackAddress() {
        return loopbackAddress;
    }
}
