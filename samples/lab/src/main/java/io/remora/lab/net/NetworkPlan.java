package io.remora.lab.net;

import java.util.ArrayList;
import java.util.List;

/**
 * Addresses and wiring as pure functions. The lab's middle is 172.30.0.1 (fd00:172:30::1), where the API server listens; node
 * n is 172.30.0.(n+1) with pods in 10.244.n.0/24 and fd00:244:n::/64, whose first address is the node's bridge {@code cni0}.
 * Wiring is text for {@code ip -batch}, grouped by the namespace that it is applied in.
 *
 * @param ipv6 whether IPv6 addresses and routes are set up too
 */
public record NetworkPlan(boolean ipv6) {
    /** The lab's middle, IPv4. */
    public static final String ROOT_IP = "172.30.0.1";
    /** The lab's middle, IPv6. */
    public static final String ROOT_IP6 = "fd00:172:30::1";
    /** All pods, IPv4. */
    public static final String POD_CIDR = "10.244.0.0/16";
    /** All pods, IPv6. */
    public static final String POD_CIDR6 = "fd00:244::/32";
    /** ClusterIPs, IPv4. */
    public static final String SERVICE_CIDR = "10.96.0.0/16";
    /** ClusterIPs, IPv6. */
    public static final String SERVICE_CIDR6 = "fd00:96::/108";
    /** The most nodes that a lab may have. */
    public static final int MAX_NODES = 200;
    /** The highest host number that a pod may have; 1 is the bridge. */
    public static final int MAX_HOST = 254;

    public static String nodeIp(int node) {
        return "172.30.0." + (node + 1);
    }

    public static String nodeIp6(int node) {
        return "fd00:172:30::" + Integer.toHexString(node + 1);
    }

    public static String nodePodCidr(int node) {
        return "10.244." + node + ".0/24";
    }

    public static String nodePodCidr6(int node) {
        return "fd00:244:" + Integer.toHexString(node) + "::/64";
    }

    public static String podIp(int node, int host) {
        return "10.244." + node + "." + host;
    }

    public static String podIp6(int node, int host) {
        return "fd00:244:" + Integer.toHexString(node) + "::" + Integer.toHexString(host);
    }

    /** In the lab's middle: the cable to a node whose first process is {@code pid}, and the way to its pods. */
    List<String> rootWiring(int node, String name, long pid) {
        List<String> lines = new ArrayList<>(List.of(
                "link add name " + name + " type veth peer name uplink netns " + pid,
                "link set dev " + name + " master uplink up",
                "route add " + nodePodCidr(node) + " via " + nodeIp(node)));
        if (ipv6) {
            lines.add("route add " + nodePodCidr6(node) + " via " + nodeIp6(node));
        }
        return lines;
    }

    /** In a node: its address, and the ways to the other nodes' pods and to everything else. */
    List<String> nodeWiring(int node, int nodes) {
        List<String> lines = new ArrayList<>();
        lines.add("addr add " + nodeIp(node) + "/24 dev uplink");
        if (ipv6) {
            lines.add("addr add " + nodeIp6(node) + "/64 dev uplink nodad");
        }
        lines.add("link set uplink up");
        lines.add("route add default via " + ROOT_IP);
        if (ipv6) {
            lines.add("route add ::/0 via " + ROOT_IP6);
        }
        for (int other = 1; other <= nodes; other++) {
            if (other != node) {
                lines.add("route add " + nodePodCidr(other) + " via " + nodeIp(other));
                if (ipv6) {
                    lines.add("route add " + nodePodCidr6(other) + " via " + nodeIp6(other));
                }
            }
        }
        return lines;
    }

    /** In a node: the cable to a pod. Hairpin lets a pod reach itself through a ClusterIP. */
    List<String> bridgeWiring(String link, long podPid) {
        return List.of(
                "link add name " + link + " type veth peer name eth0 netns " + podPid,
                "link set dev " + link + " master cni0 up",
                "link set dev " + link + " type bridge_slave hairpin on");
    }

    /** In a pod: its addresses and the way out, over the bridge. */
    List<String> podWiring(int node, int host) {
        List<String> lines = new ArrayList<>();
        lines.add("addr add " + podIp(node, host) + "/24 dev eth0");
        if (ipv6) {
            lines.add("addr add " + podIp6(node, host) + "/64 dev eth0 nodad");
        }
        lines.add("link set eth0 up");
        lines.add("route add default via " + podIp(node, 1));
        if (ipv6) {
            lines.add("route add ::/0 via " + podIp6(node, 1));
        }
        return lines;
    }
}
