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
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A node: a bridge {@code cni0} for its pods, and {@code uplink} to the other nodes and the control plane. Thread-safe. */
public final class Node implements ProcessLauncher, PortForwarder {
    private final int number;
    private final NodeSpec spec;
    private final LabNetwork network;
    private final boolean ipv6;
    private final LabNetwork.Attachment attachment;
    private final Map<Integer, Pod> pods = new HashMap<>();
    private int lastHost = 1;

    Node(int number, NodeSpec spec, LabNetwork network, boolean ipv6, LabNetwork.Attachment attachment) {
        this.number = number;
        this.spec = spec;
        this.network = network;
        this.ipv6 = ipv6;
        this.attachment = attachment;
    }

    int number() {
        return number;
    }

    public String name() {
        return spec.name();
    }

    /** What its label {@code topology.kubernetes.io/zone} says. */
    public String zone() {
        return spec.zone();
    }

    /** IPv4 address. */
    public String ip() {
        return NetworkPlan.nodeIp(number);
    }

    /** IPv6 address, in its short form; the lab must have IPv6. */
    public String ip6() {
        return NetworkPlan.nodeIp6(number);
    }

    /** What the node's addresses of type InternalIP are. */
    public List<String> ips() {
        return ipv6 ? List.of(ip(), ip6()) : List.of(ip());
    }

    /** What {@code spec.podCIDRs} lists. */
    public List<String> podCidrs() {
        String v4 = NetworkPlan.nodePodCidr(number);
        return ipv6 ? List.of(v4, NetworkPlan.nodePodCidr6(number)) : List.of(v4);
    }

    /** The pods that are on it now. */
    public synchronized List<Pod> pods() {
        return List.copyOf(pods.values());
    }

    /** Its namespaces. */
    public Namespace namespace() {
        return attachment.namespace();
    }

    @Override
    public LabProcess start(ProcessSpec process) {
        return namespace().start(process);
    }

    @Override
    public ExecResult exec(ProcessSpec process) {
        return namespace().exec(process);
    }

    @Override
    public InetSocketAddress forward(InetSocketAddress inside) {
        return namespace().forward(inside);
    }

    /** Cuts the node off, with all its pods, without a goodbye to anybody. */
    public void unplug() {
        attachment.unplug();
    }

    /** Connects the node again. */
    public void plug() {
        attachment.plug();
    }

    synchronized Pod addPod(PodSpec pod) {
        int host = pod.host() == 0 ? nextHost() : pod.host();
        if (pods.containsKey(host)) {
            throw new LabException("the address of " + pod.name() + " belongs to " + pods.get(host));
        }
        lastHost = pod.host() == 0 ? host : lastHost;
        Pod added = new Pod(pod.name(), this, host, ipv6, network.addPod(number, namespace(), pod.name(), host));
        pods.put(host, added);
        return added;
    }

    /** Addresses are given out in turn, so that one that has just become free is not used again at once. */
    private int nextHost() {
        for (int i = 1; i < NetworkPlan.MAX_HOST; i++) {
            int host = 2 + Math.floorMod(lastHost - 2 + i, NetworkPlan.MAX_HOST - 1);
            if (!pods.containsKey(host)) {
                return host;
            }
        }
        throw new LabException(name() + " has no free pod address: " + pods.size() + " pods are on it");
    }

    synchronized boolean forget(Pod pod) {
        return pods.remove(pod.host(), pod);
    }

    @Override
    public String toString() {
        return name() + " " + ips() + " in " + zone();
    }
}
