package io.remora.lab;

/** How kube-proxy programs a node. */
public enum KubeProxyMode {
    IPTABLES,
    NFTABLES
}
