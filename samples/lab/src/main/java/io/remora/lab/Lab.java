package io.remora.lab;

import io.remora.lab.net.LabNetwork;
import io.remora.lab.net.Namespace;
import io.remora.lab.net.NetworkPlan;
import io.remora.lab.net.Requirements;
import io.remora.lab.process.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A cluster on one machine: nodes and pods as network namespaces. Nothing of it is seen from outside, and nothing is left of
 * it when it closes or when this JVM ends, whatever way. Any number of labs run side by side. Thread-safe.
 */
public final class Lab implements AutoCloseable {
    private final LabConfig config;
    private final LabNetwork network;
    private final Map<String, Node> nodes;

    private Lab(LabConfig config, LabNetwork network, Map<String, Node> nodes) {
        this.config = config;
        this.network = network;
        this.nodes = nodes;
    }

    /**
     * Sets up namespaces, bridges, routes: everything but pods and the control plane.
     *
     * @throws LabException naming everything that the machine lacks
     */
    public static Lab start(LabConfig config) {
        Requirements.ensure();
        LabNetwork network = LabNetwork.start(config.ipv6());
        try {
            Map<String, Node> nodes = new LinkedHashMap<>();
            int count = config.nodes().size();
            for (NodeSpec spec : config.nodes()) {
                int number = nodes.size() + 1;
                LabNetwork.Attachment attachment = network.addNode(number, spec.name(), count);
                nodes.put(spec.name(), new Node(number, spec, network, config.ipv6(), attachment));
            }
            return new Lab(config, network, nodes);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** {@link #start(LabConfig)} with {@link LabConfig#DEFAULT}. */
    public static Lab start() {
        return start(LabConfig.DEFAULT);
    }

    public LabConfig config() {
        return config;
    }

    /** The machine in the lab's middle, where the control plane runs; all nodes and pods reach it at 172.30.0.1. */
    public Namespace root() {
        return network.root();
    }

    public List<Node> nodes() {
        return List.copyOf(nodes.values());
    }

    public Node node(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node " + name + "; there are " + nodes.keySet());
        }
        return node;
    }

    /** Sets up a pod, without a process in it: two namespaces and a cable, some 30 ms. */
    public Pod addPod(PodSpec spec) {
        Node node = node(spec.node());
        if (pods().stream().anyMatch(pod -> pod.name().equals(spec.name()))) {
            throw new IllegalArgumentException("there is a pod " + spec.name() + " already");
        }
        return node.addPod(spec);
    }

    public Pod addPod(String name, String node) {
        return addPod(PodSpec.of(name, node));
    }

    /** All pods that are there now. */
    public List<Pod> pods() {
        return nodes.values().stream().flatMap(node -> node.pods().stream()).toList();
    }

    /** What ClusterIPs are taken from: IPv4 and, with IPv6, that too. */
    public List<String> serviceCidrs() {
        return config.ipv6()
                ? List.of(NetworkPlan.SERVICE_CIDR, NetworkPlan.SERVICE_CIDR6)
                : List.of(NetworkPlan.SERVICE_CIDR);
    }

    /** The lab's folder: logs of all processes, and data that goes with the lab. */
    public Path directory() {
        return network.directory();
    }

    /**
     * Copies a file or folder to where every user may read it, whatever folder it is in now: uid 1337 may not enter
     * {@code /root}.
     *
     * @return the copy's path, the same inside and outside of the lab
     */
    public Path publish(Path file) {
        try {
            Path folder = Files.createDirectories(directory().resolve("published"));
            Path own = Files.createTempDirectory(folder, "");
            open(own, true);
            Path target = own.resolve(file.toAbsolutePath().getFileName());
            try (Stream<Path> sources = Files.walk(file)) {
                for (Path source : sources.toList()) {
                    Path copy = target.resolve(file.relativize(source).toString());
                    Files.copy(source, copy);
                    open(copy, Files.isDirectory(copy) || Files.isExecutable(source));
                }
            }
            return target;
        } catch (IOException e) {
            throw new LabException("cannot copy " + file + " into the lab: " + e, e);
        }
    }

    private static void open(Path path, boolean enter) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(enter ? "rwxr-xr-x" : "rw-r--r--"));
    }

    /** Ends every process of the lab and removes everything that it made. */
    @Override
    public void close() {
        nodes.values()
                .forEach(node -> node.pods().forEach(pod -> pod.namespace().close()));
        nodes.values().forEach(node -> node.namespace().close());
        network.close();
    }
}
