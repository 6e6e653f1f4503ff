package io.remora.lab;

import io.remora.lab.net.LabNetwork;
import io.remora.lab.net.Namespace;
import io.remora.lab.net.NetworkPlan;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.PortForwarder;
import io.remora.lab.process.ProcessLauncher;
import io.remora.lab.process.ProcessSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod: network, process ids, host name and {@code /run} of its own, {@code eth0} on its node's bridge. All its containers
 * share these; the file system is the machine's. Thread-safe.
 */
public final class Pod implements ProcessLauncher, PortForwarder {
    private final String name;
    private final Node node;
    private final int host;
    private final boolean ipv6;
    private final LabNetwork.Attachment attachment;

    Pod(String name, Node node, int host, boolean ipv6, LabNetwork.Attachment attachment) {
        this.name = name;
        this.node = node;
        this.host = host;
        this.ipv6 = ipv6;
        this.attachment = attachment;
    }

    public String name() {
        return name;
    }

    public Node node() {
        return node;
    }

    /** IPv4 address. */
    public String ip() {
        return NetworkPlan.podIp(node.number(), host);
    }

    /** IPv6 address, in its short form; the lab must have IPv6. */
    public String ip6() {
        return NetworkPlan.podIp6(node.number(), host);
    }

    /** What {@code status.podIPs} lists. */
    public List<String> ips() {
        return ipv6 ? List.of(ip(), ip6()) : List.of(ip());
    }

    /** The last part of its addresses. */
    public int host() {
        return host;
    }

    /** Its namespaces. */
    public Namespace namespace() {
        return attachment.namespace();
    }

    @Override
    public LabProcess start(ProcessSpec spec) {
        return namespace().start(spec);
    }

    @Override
    public ExecResult exec(ProcessSpec spec) {
        return namespace().exec(spec);
    }

    @Override
    public InetSocketAddress forward(InetSocketAddress inside) {
        return namespace().forward(inside);
    }

    /** Makes a port on the pod's own loopback reachable from this JVM. */
    public InetSocketAddress forward(int port) {
        return forward(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Drops every packet to and from this pod: connects to it hang, established connections stall. */
    public PacketFilter blackhole() {
        return drop(List.of(List.of("PREROUTING", "-i", "eth0"), List.of("OUTPUT", "-o", "eth0")));
    }

    /** Drops what this pod sends to an address; TCP keeps trying. */
    public PacketFilter dropPacketsTo(String address) {
        String program = address.contains(":") ? "ip6tables" : "iptables";
        return PacketFilter.drop(namespace(), List.of(List.of(program, "OUTPUT", "-d", address)));
    }

    /**
     * Drops the first packet of every new connection to a port of this pod; established ones go on. Lifted after a while, it
     * makes a slow handshake: a client repeats its SYN after 1, 3, 7 and 15 s.
     */
    public PacketFilter dropHandshakesTo(int port) {
        return drop(
                List.of(List.of("PREROUTING", "-i", "eth0", "-p", "tcp", "--syn", "--dport", Integer.toString(port))));
    }

    private PacketFilter drop(List<List<String>> matches) {
        List<List<String>> rules = new ArrayList<>();
        for (String program : ipv6 ? List.of("iptables", "ip6tables") : List.of("iptables")) {
            for (List<String> match : matches) {
                List<String> rule = new ArrayList<>(List.of(program));
                rule.addAll(match);
                rules.add(rule);
            }
        }
        return PacketFilter.drop(namespace(), rules);
    }

    /** Stops all its processes (SIGSTOP): the kernel still accepts connections, nothing answers. */
    public void pause() {
        signalAll("STOP");
    }

    /** Lets its processes go on after {@link #pause()}. */
    public void resume() {
        signalAll("CONT");
    }

    /** Asks all its processes to end (SIGTERM), as a kubelet does at the start of the grace period. */
    public void terminate() {
        signalAll("TERM");
    }

    private void signalAll(String signal) {
        ExecResult result = exec("sh", "-c", "kill -s " + signal + " -- -1");
        if (!result.ok() && !result.err().contains("No such process")) {
            throw new LabException("the processes of " + name + " cannot be signalled: " + result.err());
        }
    }

    /** Pulls the cable out of the node's bridge: no packet passes and no neighbour answers. */
    public void unplug() {
        attachment.unplug();
    }

    /** Puts the cable back. */
    public void plug() {
        attachment.plug();
    }

    /** Whether the pod exists. */
    public boolean isAlive() {
        return attachment.isAlive();
    }

    /**
     * Ends the pod as the end of the grace period does: its processes are killed, the kernel closes their connections, then
     * its interface goes, and its addresses may be used again. Nothing happens when it was deleted already.
     */
    public void delete() {
        if (node.forget(this)) {
            attachment.remove();
        }
    }

    @Override
    public String toString() {
        return name + " " + ips() + " on " + node.name();
    }
}
