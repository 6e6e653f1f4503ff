package io.remora.lab.net;

import io.remora.lab.process.LabException;
import java.nio.file.Path;
import java.util.List;

/**
 * The network of a lab: its middle, nodes on a switch around it, and pods behind each node's bridge. All of it lives in
 * namespaces below one process that ends with this JVM.
 */
public final class LabNetwork implements AutoCloseable {
    private final NetworkPlan plan;
    private final Holder holder;

    private LabNetwork(NetworkPlan plan, Holder holder) {
        this.plan = plan;
        this.holder = holder;
    }

    /**
     * Sets up the middle.
     *
     * @throws LabException when the machine does not allow it
     */
    public static LabNetwork start(boolean ipv6) {
        return new LabNetwork(new NetworkPlan(ipv6), Holder.start(ipv6));
    }

    /** The lab's folder: logs, sockets, data. Everybody on the machine may enter it; it goes when the lab ends. */
    public Path directory() {
        return holder.directory();
    }

    /** The machine in the middle, where the control plane runs: {@value NetworkPlan#ROOT_IP}. */
    public Namespace root() {
        return holder.root();
    }

    /** Whether the lab's first process runs. */
    public boolean isAlive() {
        return holder.isAlive();
    }

    /**
     * Adds a node.
     *
     * @param node its number, from 1
     * @param nodes how many nodes there will be; it gets a route to the pods of each
     */
    public Attachment addNode(int node, String name, int nodes) {
        Namespace.Seed seed = root().seed(
                        Scripts.NODE,
                        name,
                        List.of(
                                "NAME=" + name,
                                "IPV6=" + (plan.ipv6() ? "1" : "0"),
                                "GATEWAY=" + NetworkPlan.podIp(node, 1) + "/24",
                                "GATEWAY6=" + NetworkPlan.podIp6(node, 1) + "/64"));
        // The way to a node's pods leads over an address that exists only once the link is up, so routes come last.
        List<String> root = plan.rootWiring(node, name, seed.namespace().pid());
        root().ip(root);
        seed.namespace().ip(plan.nodeWiring(node, nodes));
        return new Attachment(seed, root(), name);
    }

    /**
     * Adds a pod.
     *
     * @param node the number of its node
     * @param on the node's namespace
     * @param host its number within the node, 2 to {@value NetworkPlan#MAX_HOST}
     */
    public Attachment addPod(int node, Namespace on, String name, int host) {
        Namespace.Seed seed = on.seed(Scripts.POD, name, List.of("NAME=" + name));
        String link = "veth" + host;
        on.ip(plan.bridgeWiring(link, seed.namespace().pid()));
        seed.namespace().ip(plan.podWiring(node, host));
        return new Attachment(seed, on, link);
    }

    @Override
    public void close() {
        holder.close();
    }

    /** A node or pod on its cable. */
    public static final class Attachment {
        private final Namespace.Seed seed;
        private final Namespace other;
        private final String link;

        private Attachment(Namespace.Seed seed, Namespace other, String link) {
            this.seed = seed;
            this.other = other;
            this.link = link;
        }

        public Namespace namespace() {
            return seed.namespace();
        }

        public boolean isAlive() {
            return seed.process().isAlive();
        }

        /** Pulls the cable: nothing says goodbye to anybody. The processes go on. */
        public void unplug() {
            other.ip(List.of("link set dev " + link + " down"));
        }

        /** Puts the cable back. */
        public void plug() {
            other.ip(List.of("link set dev " + link + " up"));
        }

        /** Kills all processes, whose connections the kernel closes, then removes the cable. */
        public void remove() {
            seed.kill();
            try {
                other.ip(List.of("link del dev " + link));
            } catch (LabException e) {
                // The kernel removes the cable by itself once the namespace is gone; either may be first, also after ip
                // has
                // looked the device up and before the kernel is asked to remove it.
                String said = String.valueOf(e.getMessage());
                if (!said.contains("Cannot find device") && !said.contains("No such device")) {
                    throw e;
                }
            }
        }
    }
}
