package io.remora.netfilter;

/** What becomes of the IPv6 service CIDRs. */
public enum Ipv6Mode {
    /** Captured where this network namespace has IPv6 with a loopback address and the kernel can; else left alone. */
    AUTO,
    /** Captured; whatever stands in the way is an error. */
    ON,
    /** Left alone. */
    OFF
}
