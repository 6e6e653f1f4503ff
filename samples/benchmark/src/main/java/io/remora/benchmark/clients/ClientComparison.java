package io.remora.benchmark.clients;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.lab.KubeProxyMode;
import io.remora.lab.Lab;
import io.remora.lab.Pod;
import io.remora.lab.api.AgentAccount;
import io.remora.lab.api.ControlPlane;
import io.remora.lab.api.RealControlPlane;
import io.remora.lab.api.ServiceTemplate;
import io.remora.lab.caller.CallerLog;
import io.remora.lab.caller.CallerProgram;
import io.remora.lab.process.LabException;
import io.remora.lab.process.ProcessSpec;
import io.remora.lab.sidecar.Sidecar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Remora, Spring Cloud LoadBalancer with Spring Cloud Kubernetes, and grpc-java's DNS round robin side by side: each client is
 * a process of its own in a pod of its own and goes through the same {@link Script}; they take turns, and medians of all rounds
 * are printed. Needs the lab's programs and a real API server ({@code KUBEBUILDER_ASSETS}); {@code clients/run} builds all
 * and starts it.
 *
 * <p>Arguments: the folder {@code samples}, the number of rounds (3), and text that the names of rows must have, to run few.
 */
public final class ClientComparison {
    private static final int RATE = 100;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Lab lab;
    private final ClusterDns dns;
    private final Variants variants;
    private final Path logs;

    private ClientComparison(Lab lab, ClusterDns dns, Variants variants, Path logs) {
        this.lab = lab;
        this.dns = dns;
        this.variants = variants;
        this.logs = logs;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("arguments: SAMPLES [ROUNDS] [PART OF A ROW'S NAME]");
            System.exit(2);
        }
        Path samples = Path.of(arguments[0]).toAbsolutePath();
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        String part = arguments.length > 2 ? arguments[2] : "";
        Path logs = Files.createDirectories(samples.resolve("benchmark/target/clients"));
        try (Lab lab = Lab.start()) {
            if (!(lab.controlPlane() instanceof RealControlPlane real)) {
                throw new LabException("the peers need a real API server: KUBEBUILDER_ASSETS must name its folder");
            }
            List<String> controllers = new ArrayList<>(RealControlPlane.CONTROLLERS);
            controllers.add("endpoints-controller"); // what Spring Cloud Kubernetes reads
            real.startControllers(controllers);
            lab.kubelet().registerNodes();
            KubernetesClient api = real.admin();
            ServiceTemplate shop = ServiceTemplate.named("default", Variants.SERVICE)
                    .selecting(Variants.SERVICE)
                    .port("http", 80, CallerProgram.HTTP_PORT)
                    .port("grpc", CallerProgram.GRPC_PORT, CallerProgram.GRPC_PORT);
            api.resource(shop.build()).create();
            api.resource(ServiceTemplate.named("default", Variants.HEADLESS)
                            .selecting(Variants.SERVICE)
                            .port("grpc", CallerProgram.GRPC_PORT, CallerProgram.GRPC_PORT)
                            .headless()
                            .build())
                    .create();
            lab.startKubeProxy(lab.node("node-a"), KubeProxyMode.NFTABLES);
            try (ClusterDns dns = new ClusterDns(lab, Variants.SERVICE, Variants.HEADLESS)) {
                Variants variants = new Variants(samples, Sidecar.kubeconfig(lab), peerKubeconfig(real));
                new ClientComparison(lab, dns, variants, logs).run(rounds, part);
            }
        }
    }

    /** Of an account that may read everything: what a peer needs is not what is compared. */
    private static Path peerKubeconfig(ControlPlane plane) {
        KubernetesClient api = plane.admin();
        api.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("peer")
                        .endMetadata()
                        .build())
                .create();
        api.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName("peer")
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("*")
                        .withResources("*")
                        .withVerbs("get", "list", "watch")
                        .endRule()
                        .build())
                .create();
        api.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName("peer")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "peer")
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withNamespace("default")
                        .withName("peer")
                        .endSubject()
                        .build())
                .create();
        return plane.kubeconfig("peer", AgentAccount.token(plane, "default", "peer", 24 * 3600));
    }

    private void run(int rounds, String part) throws IOException {
        Map<Variant, List<Round>> results = new LinkedHashMap<>();
        for (Variant variant : variants.all()) {
            if (variant.name().contains(part) || variant.protocol().equals(part)) {
                results.put(variant, new ArrayList<>());
            }
        }
        for (int round = 1; round <= rounds; round++) {
            int row = 0;
            for (Map.Entry<Variant, List<Round>> entry : results.entrySet()) {
                row++;
                try {
                    entry.getValue().add(play(entry.getKey(), "r" + round + "-" + row));
                } catch (LabException e) {
                    // One client that fails must not cost the others' results; it is seen in the table.
                    System.err.println(entry.getKey().name() + " failed in round " + round + ": " + e.getMessage());
                }
            }
            System.out.println("\nafter round " + round + " of " + rounds + ", load of the machine " + load() + "\n");
            print(results);
        }
    }

    private static void print(Map<Variant, List<Round>> results) {
        System.out.println(ResultTable.of("REST", results));
        System.out.println(ResultTable.of("gRPC", results));
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).strip();
    }

    private Round play(Variant variant, String name) throws IOException {
        System.err.println(name + ": " + variant.protocol() + ", " + variant.name());
        Path samples = logs.resolve(name + ".samples");
        Files.deleteIfExists(samples);
        Pod pod = lab.addPod(name, "node-a");
        try (Shop shop = new Shop(lab, dns, variants.server(), variant, name + "-pod")) {
            dns.use(pod);
            IntStream.rangeClosed(1, 3).forEach(number -> shop.add(shop.pod(number)));
            CallerLog log = new CallerLog(pod.start(client(variant, samples)));
            try {
                log.await("it calls", LIMIT, log::started);
                List<Mark> marks = new Script(shop, log).play();
                log.end(LIMIT);
                Files.writeString(logs.resolve(name + ".marks"), variant.name() + "\n" + marks + "\n");
                Round round = new Round(marks, Finding.of(samples, marks), bytesPerCall(log, marks.get(0)));
                for (int i = 0; i < marks.size(); i++) {
                    System.err.println(
                            "  " + marks.get(i).event() + " " + round.findings().get(i));
                }
                return round;
            } finally {
                Files.copy(log.process().logFile(), logs.resolve(name + ".log"), StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            pod.delete();
        }
    }

    private static ProcessSpec client(Variant variant, Path samples) {
        return variant.program()
                .call(
                        variant.client(),
                        variant.target(),
                        "--call.rate=" + RATE,
                        "--call.seconds=600",
                        "--call.warm-up=500",
                        "--call.timeout=1s",
                        "--spring.http.clients.connect-timeout=1s",
                        "--spring.http.clients.read-timeout=1s",
                        "--call.samples=" + samples)
                .plus(variant.properties().toArray(String[]::new))
                .env(variant.environment());
    }

    /** From the second half of the time in which nothing happens. */
    private static double bytesPerCall(CallerLog log, Mark calm) {
        List<JsonNode> seconds = log.seconds().stream()
                .filter(second -> second.path("at").asLong() > (calm.begin() + calm.end()) / 2
                        && second.path("at").asLong() < calm.end())
                .toList();
        JsonNode first = seconds.get(0);
        JsonNode last = seconds.get(seconds.size() - 1);
        return (double) (last.path("allocatedBytes").asLong()
                        - first.path("allocatedBytes").asLong())
                / (last.path("total").asLong() - first.path("total").asLong());
    }
}
