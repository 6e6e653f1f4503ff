package io.remora.lab.sidecar;

import io.remora.lab.Lab;
import io.remora.lab.Pod;
import io.remora.lab.api.AgentAccount;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * The sidecar of one pod: the init step ran as root with two capabilities, the agent runs as uid and gid 1337 with none.
 * Thread-safe.
 */
public final class Sidecar implements AutoCloseable {
    /** User and group of the agent, whose own connections the rules leave alone. */
    public static final int UID = 1337;
    /** Port of the admin server. */
    public static final int ADMIN_PORT = 15020;

    private static final Duration START_TIME = Duration.ofSeconds(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ProcessSpec spec;
    private final Pod pod;
    private final AdminApi admin;
    private volatile LabProcess process;

    private Sidecar(Pod pod, ProcessSpec spec) {
        this.pod = pod;
        this.spec = spec;
        InetSocketAddress address = pod.forward(ADMIN_PORT);
        this.admin = new AdminApi(URI.create("http://127.0.0.1:" + address.getPort()));
        this.process = pod.start(spec);
    }

    /** Runs the init step in a pod, starts the agent, and returns when it is ready. */
    public static Sidecar inject(Lab lab, Pod pod, SidecarConfig config) {
        Sidecar sidecar = start(lab, pod, config);
        sidecar.awaitReady();
        return sidecar;
    }

    /** {@link #inject} that does not wait for the agent. */
    public static Sidecar start(Lab lab, Pod pod, SidecarConfig config) {
        Path given = config.kubeconfig();
        Path kubeconfig = given == null ? kubeconfig(lab) : given;
        initialize(lab, pod, config);
        List<String> command = new ArrayList<>(List.of(config.java().toString()));
        command.addAll(config.jvmOptions());
        command.addAll(List.of("-jar", readable(lab, config.agentJar()).toString(), "agent"));
        ProcessSpec spec = ProcessSpec.of(command)
                .named("agent")
                .asUser(UID, UID)
                .noFile(config.noFile())
                .env("REMORA_KUBERNETES_KUBECONFIG", readable(lab, kubeconfig).toString())
                // As the downward API does it: spec.nodeName and status.hostIPs.
                .env("REMORA_NODE", pod.node().name())
                .env("REMORA_NODE_ADDRESSES", String.join(",", pod.node().ips()))
                .env(config.environment());
        return new Sidecar(pod, spec);
    }

    /** Runs the init step alone. */
    public static void initialize(Lab lab, Pod pod, SidecarConfig config) {
        List<String> command = new ArrayList<>(List.of(
                config.java().toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-jar",
                readable(lab, config.initJar()).toString(),
                "--service-cidr",
                String.join(",", lab.serviceCidrs())));
        command.addAll(config.initArguments());
        pod.exec(ProcessSpec.of(command)
                        .named("init")
                        .asRootWith("net_admin", "net_raw")
                        .env("KUBERNETES_SERVICE_HOST", lab.controlPlane().url().getHost())
                        .timeout(START_TIME))
                .orThrow();
    }

    /** A copy that uid 1337 may read; what {@link Lab#publish} made before is used as it is. */
    private static Path readable(Lab lab, Path file) {
        return file.startsWith(lab.directory().resolve("published")) ? file : lab.publish(file);
    }

    /** A kubeconfig of the agents' ServiceAccount, which has the rights that the manifests give it; the API must be up. */
    public static Path kubeconfig(Lab lab) {
        return AgentAccount.create(lab.controlPlane(), "default", "remora-agent")
                .kubeconfig();
    }

    /** Waits until {@code /ready} answers 200. */
    public void awaitReady() {
        await("the agent is ready", START_TIME, () -> admin.status("/ready") == 200);
    }

    /** Pages of the admin server. */
    public AdminApi admin() {
        return admin;
    }

    /** Picks that are not completed, of all Services. */
    public long inFlight() {
        return admin.json("/services").path("totals").path("inFlight").asLong();
    }

    /** The {@code destinations} of a Service in the namespace {@code default}: one per port and address family. */
    public List<JsonNode> destinations(String service) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode destination : admin.json("/services").path("destinations")) {
            if (destination.path("service").asString().equals("default/" + service)) {
                found.add(destination);
            }
        }
        return found;
    }

    /**
     * The addresses that a Service's connections may go to now, sorted, {@code IP:PORT}.
     *
     * @param family {@code IPv4} or {@code IPv6}
     */
    public List<String> eligible(String service, String family) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode destination : destinations(service)) {
            for (JsonNode endpoint : destination.path("endpoints")) {
                if (destination.path("family").asString().equals(family)
                        && endpoint.path("eligible").asBoolean()) {
                    addresses.add(endpoint.path("address").asString());
                }
            }
        }
        return addresses.stream().sorted().toList();
    }

    /** The agent's process of now. */
    public LabProcess process() {
        return process;
    }

    public Pod pod() {
        return pod;
    }

    /** Resident memory of the agent in bytes. */
    public long residentBytes() {
        return process.residentBytes();
    }

    /** Kills the agent (SIGKILL), as the kernel does when memory runs out. The rules stay. */
    public void kill() {
        process.kill();
    }

    /** Starts the agent again, after {@link #kill()}, as a kubelet does; it does not wait until it is ready. */
    public void restart() {
        if (process.isAlive()) {
            throw new IllegalStateException("the agent still runs in " + pod);
        }
        process = pod.start(spec);
    }

    @Override
    public void close() {
        process.close();
    }

    /** A condition that a running agent should come to meet. It may throw {@link LabException}, which is not met. */
    public interface Condition {
        /** Whether it is met now. */
        boolean isMet();
    }

    /**
     * Waits until a condition is met, asking again and again.
     *
     * @throws LabException with the end of the agent's log when {@code limit} passes or the agent ends
     */
    public void await(String what, Duration limit, Condition condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            String problem = "";
            try {
                if (condition.isMet()) {
                    return;
                }
            } catch (LabException e) {
                problem = ": " + e.getMessage();
            }
            if (!process.isAlive()) {
                throw new LabException("the agent ended before this was so: " + what + "\n" + process.log());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LabException("not within " + limit + ": " + what + problem + "\n" + process.log());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
