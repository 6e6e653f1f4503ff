package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.Lab;
import io.remora.lab.LabRequirements;
import io.remora.lab.Pod;
import io.remora.lab.app.Apps;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import io.remora.lab.sidecar.Sidecar;
import io.remora.lab.sidecar.SidecarConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A lab with an API server, a client pod whose agent is under test, and server pods. */
final class Cluster implements AutoCloseable {
    /** For what has no limit of its own; the machine may be busy. */
    static final Duration GENEROUS = Duration.ofSeconds(60);

    static final int HTTP = 8080;
    static final int GREETING = 8081;
    static final int ECHO = 8082;
    static final int BULK = 8083;
    static final int RESET = 8084;
    static final int HALF = 8085;
    static final int UDP = 8086;

    private static final JsonMapper JSON = new JsonMapper();

    private final Lab lab;
    private final Pod client;
    private final Map<String, LabProcess> servers = new ConcurrentHashMap<>();

    private Cluster(Lab lab) {
        this.lab = lab;
        this.client = lab.addPod("client", "node-a");
    }

    /** Starts the lab and its API server; the agent is not there yet. */
    static Cluster start() {
        LabRequirements.check();
        Lab lab = Lab.start();
        try {
            if (Boolean.getBoolean("remora.test.require.apiserver")) {
                assertThat(lab.controlPlane().isReal())
                        .as("KUBEBUILDER_ASSETS names the folder of the real API server")
                        .isTrue();
            }
            lab.kubelet().registerNodes();
            return new Cluster(lab);
        } catch (RuntimeException | Error e) {
            lab.close();
            throw e;
        }
    }

    /** How the agent runs on a JDK: as in a small container. */
    static SidecarConfig config(Jdk jdk) {
        return SidecarConfig.of(
                        jar("remora.agent.jar", "sidecar-agent/target/remora.jar"),
                        jar("remora.init.jar", "iptables-init/target/remora-iptables-init.jar"))
                .java(jdk.java());
    }

    static Path jar(String property, String file) {
        Path jar = Path.of(System.getProperty(property, "../../../" + file)).toAbsolutePath();
        assertThat(Files.isRegularFile(jar))
                .as("%s is there; mvn package makes it, and the system property %s names another", jar, property)
                .isTrue();
        return jar.normalize();
    }

    Lab lab() {
        return lab;
    }

    Pod client() {
        return client;
    }

    /** A pod with a server of each protocol. */
    Pod server(String name, String node) {
        Pod pod = lab.addPod(name, node);
        serve(pod, "--http", HTTP, "--greeting", GREETING, "--echo", ECHO, "--bulk", BULK, "--reset", RESET);
        return pod;
    }

    /** Starts a server in a pod, on protocols and ports in turn. */
    LabProcess serve(Pod pod, Object... protocolsAndPorts) {
        String[] arguments = new String[protocolsAndPorts.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = protocolsAndPorts[i].toString();
        }
        LabProcess server = pod.start(
                Apps.app("serve", "--name", pod.name()).plus(arguments).noFile(20_000));
        server.awaitLog("^serving$", GENEROUS);
        servers.put(pod.name(), server);
        return server;
    }

    /** Creates a Service on port 80 with endpoints, and waits until the agent has it. */
    Target service(Sidecar sidecar, String name, int targetPort, Pod... pods) {
        Target target = service(name, targetPort, pods);
        awaitEndpoints(sidecar, name, pods);
        return target;
    }

    /** Creates a Service on port 80 with endpoints. */
    Target service(String name, int targetPort, Pod... pods) {
        List<String> addresses =
                lab.services().create(name, 80, targetPort).getSpec().getClusterIPs();
        lab.services().endpoints(name, List.of(pods));
        return new Target(name, addresses, 80);
    }

    /** Waits until the agent knows the Service, and that just these pods are its endpoints. */
    static void awaitEndpoints(Sidecar sidecar, String service, Pod... pods) {
        sidecar.await(
                "the agent has " + pods.length + " endpoints of " + service,
                GENEROUS,
                () -> sidecar.destinations(service).size() == 2
                        && sidecar.eligible(service, "IPv4").size() == pods.length
                        && sidecar.eligible(service, "IPv6").size() == pods.length);
    }

    /** Waits until just this address, {@code IP:PORT}, is what a Service's IPv4 connections may go to. */
    static void awaitEndpoint(Sidecar sidecar, String service, String address) {
        sidecar.await(
                "the agent uses " + address + " for " + service,
                GENEROUS,
                () -> sidecar.eligible(service, "IPv4").equals(List.of(address)));
    }

    /** Runs a client to its end and returns the last line that it printed. */
    JsonNode run(String command, String... arguments) {
        return last(client.exec(clientOf(command, arguments)));
    }

    /** A client with as many descriptors as a pod has. */
    static ProcessSpec clientOf(String command, String... arguments) {
        return Apps.app(command, arguments).noFile(20_000).timeout(Duration.ofMinutes(2));
    }

    static JsonNode last(ExecResult result) {
        List<String> lines = result.out().lines().toList();
        assertThat(lines).as("%s", result).isNotEmpty();
        return json(lines.get(lines.size() - 1));
    }

    static JsonNode json(String line) {
        return JSON.readTree(line);
    }

    /** Waits until no pick is open and no connection is active: whatever happened, nothing may be left. */
    static void assertNothingInFlight(Sidecar sidecar) {
        sidecar.await(
                "nothing is in flight and no connection is active",
                Duration.ofSeconds(30),
                () -> sidecar.inFlight() == 0 && sidecar.admin().metric("remora_connections_active") == 0);
    }

    @Override
    public void close() {
        lab.close();
    }
}
