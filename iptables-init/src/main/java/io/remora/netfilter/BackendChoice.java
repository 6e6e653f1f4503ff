package io.remora.netfilter;

/** Which of the two sets of iptables programs holds the rules. */
public enum BackendChoice {
    /** legacy where it already has rules in this network namespace, else nft, else whatever {@code iptables} is. */
    AUTO,
    /** {@code iptables-legacy}: the kernel's ip_tables. */
    LEGACY,
    /** {@code iptables-nft}: the kernel's nf_tables. */
    NFT
}
