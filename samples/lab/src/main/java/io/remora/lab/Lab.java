package io.remora.lab;

import io.remora.lab.api.ControlPlane;
import io.remora.lab.api.ControlPlaneSite;
import io.remora.lab.api.EndpointSliceWriter;
import io.remora.lab.api.KubernetesPrograms;
import io.remora.lab.api.RealControlPlane;
import io.remora.lab.net.LabNetwork;
import io.remora.lab.net.Namespace;
import io.remora.lab.net.NetworkPlan;
import io.remora.lab.net.Requirements;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster on one machine: nodes and pods as network namespaces. Nothing of it is seen from outside, and nothing is left of
 * it when it closes or when this JVM ends, whatever way. Any number of labs run side by side. Thread-safe.
 */
public final class Lab implements AutoCloseable {
    private final LabConfig config;
    private final LabNetwork network;
    private final Map<String, Node> nodes;
    private @Nullable ControlPlane controlPlane;
    private @Nullable EndpointSliceWriter sliceWriter;

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

    /**
     * The API server in the middle, started by the first call: the real one where {@code KUBEBUILDER_ASSETS} names its
     * programs, else the embedded one.
     */
    public synchronized ControlPlane controlPlane() {
        if (controlPlane == null) {
            controlPlane = ControlPlane.launch(ControlPlaneSite.in(root(), middle(), root(), directory()));
        }
        return controlPlane;
    }

    private static InetAddress middle() {
        try {
            return InetAddress.getAllByName(NetworkPlan.ROOT_IP)[0];
        } catch (UnknownHostException e) {
            throw new LabException(NetworkPlan.ROOT_IP + " is not an address", e);
        }
    }

    /** Services of the lab's pods, for the real and the embedded API server alike. */
    public LabServices services() {
        return new LabServices(this);
    }

    /**
     * Starts what writes the EndpointSlices of Services with a selector, from the Pods that {@link #kubelet()} reports: the
     * real kube-controller-manager or, with the embedded API server, a writer within this JVM. Once is enough.
     */
    public synchronized void startControllers() {
        if (controlPlane() instanceof RealControlPlane real) {
            real.startControllers(RealControlPlane.CONTROLLERS);
        } else if (sliceWriter == null) {
            sliceWriter = new EndpointSliceWriter(controlPlane().admin(), EndpointSliceWriter.MAX_ENDPOINTS);
        }
    }

    /** What kubelets would tell the API server. */
    public Kubelet kubelet() {
        return new Kubelet(this);
    }

    /**
     * Starts the real kube-proxy on a node and waits until it has programmed the node. Traffic to ClusterIPs then works as on
     * any cluster.
     *
     * @param mode how it programs the node
     * @throws LabException when {@code KUBEBUILDER_ASSETS} names no folder with kube-proxy in it
     */
    public LabProcess startKubeProxy(Node node, KubeProxyMode mode) {
        KubernetesPrograms programs = KubernetesPrograms.fromEnvironment()
                .orElseThrow(() -> new LabException("kube-proxy needs KUBEBUILDER_ASSETS to name its folder"));
        InetSocketAddress health = root().forward(node.ip(), KubeProxy.HEALTH_PORT);
        Path program = Path.of(programs.path("kube-proxy"));
        return KubeProxy.start(node, config.ipv6(), program, controlPlane().kubeconfig(), mode, health);
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
    public synchronized void close() {
        try {
            if (sliceWriter != null) {
                sliceWriter.close();
                sliceWriter = null;
            }
            if (controlPlane != null) {
                controlPlane.close();
                controlPlane = null;
            }
        } finally {
            nodes.values()
                    .forEach(node -> node.pods().forEach(pod -> pod.namespace().close()));
            nodes.values().forEach(node -> node.namespace().close());
            network.close();
        }
    }
}
