package io.remora.benchmark.clients;

import io.remora.lab.app.Apps;
import io.remora.lab.caller.CallerProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rows of the comparison. All have the same heap, the same flags, timeouts of 1 s, and no retry but what is said. */
final class Variants {
    static final String SERVICE = "shop";
    static final String HEADLESS = "shop-headless";

    private static final List<String> OPTIONS =
            List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx256m", "-Xss512k", "-XX:-UsePerfData");
    private static final String URL = "http://" + SERVICE;
    private static final String DNS = "dns:///" + HEADLESS + ".default.svc.cluster.local:" + CallerProgram.GRPC_PORT;

    private final Path jar;
    private final Path clients;
    private final String remoraKubeconfig;
    private final String peerKubeconfig;

    /**
     * @param samples the folder {@code samples}, with all built
     * @param remoraKubeconfig of an account with the rights that Remora's documentation gives
     * @param peerKubeconfig of an account that may read everything
     */
    Variants(Path samples, Path remoraKubeconfig, Path peerKubeconfig) {
        this.jar = samples.resolve("caller/target/remora-caller-0.1.0-SNAPSHOT.jar");
        this.clients = samples.resolve("benchmark/clients");
        this.remoraKubeconfig = remoraKubeconfig.toString();
        this.peerKubeconfig = peerKubeconfig.toString();
    }

    /** The application alone, as servers are. */
    CallerProgram server() {
        return CallerProgram.of(Apps.java(), CallerProgram.SMALL, jar, jar.resolveSibling("classpath"));
    }

    List<Variant> all() {
        return List.of(
                remora("REST", URL),
                springCloud("Spring Cloud LoadBalancer, defaults", "--spring.cloud.loadbalancer.retry.enabled=false"),
                springCloud(
                        "Spring Cloud LoadBalancer, no cache, retries",
                        "--spring.cloud.loadbalancer.cache.enabled=false",
                        "--spring.cloud.loadbalancer.retry.retryable-status-codes=500,503"),
                springCloud(
                        "Spring Cloud LoadBalancer, mode SERVICE",
                        "--spring.cloud.loadbalancer.retry.enabled=false",
                        "--spring.cloud.kubernetes.loadbalancer.mode=SERVICE"),
                remora("gRPC", "k8s:///" + SERVICE + ":grpc"),
                grpcDns("grpc-java, dns:/// round_robin, defaults", List.of(), List.of()),
                grpcDns(
                        "grpc-java, dns:/// round_robin, DNS cache 1 s, connections of 10 s",
                        List.of("-Dnetworkaddress.cache.ttl=1", "-Dsun.net.inetaddr.ttl=1"),
                        List.of("--spring.grpc.server.keepalive.connection.max-age=10s")));
    }

    private Variant remora(String protocol, String target) {
        return new Variant(
                protocol,
                "Remora, defaults",
                CallerProgram.of(Apps.java(), OPTIONS, jar, jar.resolveSibling("classpath-starter")),
                target,
                List.of(),
                Map.of(
                        "REMORA_ENABLED",
                        "true",
                        "REMORA_NAMESPACE",
                        "default",
                        "REMORA_KUBERNETES_KUBECONFIG",
                        remoraKubeconfig),
                List.of());
    }

    private Variant springCloud(String name, String... properties) {
        Path target = clients.resolve("spring-cloud/target");
        List<String> all = new ArrayList<>(List.of(
                "--spring.main.sources=com.example.balanced.Balanced",
                "--spring.main.cloud-platform=kubernetes",
                "--spring.cloud.kubernetes.client.namespace=default"));
        all.addAll(List.of(properties));
        return new Variant(
                "REST",
                name,
                CallerProgram.of(Apps.java(), OPTIONS, jar, target.resolve("classpath"))
                        .with(target.resolve("classes").toString()),
                URL,
                all,
                Map.of("KUBECONFIG", peerKubeconfig),
                List.of());
    }

    private Variant grpcDns(String name, List<String> options, List<String> servers) {
        List<String> all = new ArrayList<>(OPTIONS);
        all.addAll(options);
        return new Variant(
                "gRPC",
                name,
                CallerProgram.of(Apps.java(), all, jar, clients.resolve("grpc-dns/target/classpath")),
                DNS,
                List.of(),
                Map.of(),
                servers);
    }
}
