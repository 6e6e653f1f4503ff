package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.internal.TestCertificate;
import io.remora.lab.Pod;
import io.remora.lab.api.ServiceTemplate;
import io.remora.lab.caller.CallerLog;
import io.remora.lab.caller.CallerProgram;
import io.remora.lab.process.ProcessSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Spring Boot applications with the starter, over pods that are Spring Boot applications too: RestClient, WebClient and a gRPC
 * channel that stays open, each a process of its own that calls at a fixed rate and accounts for every call.
 */
@SuppressWarnings("NullAway.Init")
class ApplicationIT {
    private static final int RATE = 40;
    private static final int LONG = 120;
    /** So many that a spread by chance is even: five percent are more than four standard deviations. */
    private static final int MANY = 15_000;
    /** How long a server still serves after its pod began to terminate, as a preStop hook makes it. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final int SECOND = 1000;
    /** Failures that eject a pod, and what was under way meanwhile. */
    private static final int NOTICED_WITHIN = 3 + 5;

    private static Cluster cluster;
    private static Callers callers;
    /** Pods that serve by Spring MVC and gRPC, and by WebFlux and gRPC. */
    private static List<Pod> blue;

    private static List<Pod> green;

    @BeforeAll
    static void start() {
        cluster = Cluster.start();
        cluster.lab().startControllers();
        callers = new Callers(cluster.lab(), cluster.client());
        blue = pods("blue");
        green = pods("green");
        callers.serve("web,grpc", blue);
        callers.serve("webflux,grpc", green);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static List<Pod> pods(String name) {
        List<Pod> pods = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            pods.add(cluster.lab().addPod(name + "-" + i, i == 2 ? "node-b" : "node-a"));
        }
        return pods;
    }

    /** One at a time: with more under way, a pod that is faster gets more of them, as it should. */
    @Test
    void theCallsOfOneChannelSpreadEvenlyOverThePods() {
        service("spread", green);
        CallerLog log = callers.start("grpc", "spread", 0, LONG, "--call.threads=1");
        Callers.pass(log, MANY);
        JsonNode result = log.end(Cluster.GENEROUS);
        System.out.println("spread: " + result);
        assertThat(result.path("failed").asInt()).as("%s", result).isZero();
        double even = result.path("sent").asInt() / 3.0;
        for (Pod pod : green) {
            assertThat(result.path("answers").path(pod.name()).asDouble())
                    .as("calls to %s of %s", pod.name(), result)
                    .isBetween(even * 0.95, even * 1.05);
        }
    }

    @Test
    void aNewPodIsUsedWithinASecond() {
        service("scaled", green.subList(0, 2));
        CallerLog grpc = callers.start("grpc", "scaled", 200, LONG);
        CallerLog rest = callers.start("rest", "scaled", 200, LONG);
        grpc.await("gRPC calls", Cluster.GENEROUS, grpc::started);
        rest.await("REST calls", Cluster.GENEROUS, rest::started);
        String fresh = green.get(2).name();
        long written = Callers.now();
        endpoints("scaled", green);
        for (CallerLog log : List.of(grpc, rest)) {
            log.await(
                    fresh + " answers", Cluster.GENEROUS, () -> log.first(fresh).isPresent());
            long after = log.first(fresh).orElseThrow() - written;
            System.out.println(log.process() + ": the new pod answered " + after + " ms after its slice was written");
            assertThat(after).as("ms from the slice to the first answer").isBetween(0L, (long) SECOND);
            assertThat(log.end(Cluster.GENEROUS).path("failed").asInt()).isZero();
        }
    }

    @Test
    void aSickPodIsEjected() {
        service("sickly", green);
        Map<String, CallerLog> logs = callers.startAll("sickly", RATE, LONG);
        Pod sick = green.get(1);
        sick.exec(ProcessSpec.of("touch", "/run/sick")).orThrow();
        logs.values()
                .forEach(log -> log.await(
                        "it fails", Cluster.GENEROUS, () -> !log.failures().isEmpty()));
        logs.values().forEach(log -> Callers.pass(log, 5 * RATE));
        sick.exec(ProcessSpec.of("rm", "/run/sick")).orThrow();
        logs.forEach((kind, log) -> {
            JsonNode result = log.end(Cluster.GENEROUS);
            System.out.println("sick pod, " + kind + ": " + result);
            assertThat(log.failures())
                    .as("of %s", kind)
                    .hasSizeBetween(1, NOTICED_WITHIN)
                    .allSatisfy(failure ->
                            assertThat(failure.path("message").asString()).contains("sick"));
        });
    }

    /** The client has less memory than the bodies are long, and its threads and classes need most of that. */
    @ParameterizedTest
    @ValueSource(strings = {"rest", "web", "grpc"})
    void bodiesOfAHundredMegabytesAreNotHeld(String kind) {
        service("large-" + kind, green);
        List<String> options = new ArrayList<>(CallerProgram.SMALL);
        options.remove("-Xmx128m");
        options.addAll(List.of("-Xmx64m", "-XX:MaxDirectMemorySize=32m"));
        CallerLog log = callers.startWith(options, kind, "large-" + kind, "--call.bytes=100000000", "--call.threads=1");
        Callers.pass(log, 3);
        JsonNode result = log.end(Cluster.GENEROUS);
        System.out.println("bodies of 100 MB, " + kind + ": " + result);
        assertThat(log.failures()).isEmpty();
        assertThat(result.path("answers").size()).as("%s", result).isPositive();
    }

    /** The servers' certificate is another one's, unless they are asked for by the Service's name. */
    @ParameterizedTest
    @ValueSource(strings = {"rest", "web"})
    void tlsGoesToAPodUnderTheServicesName(String kind, @TempDir Path folder) throws Exception {
        String name = "secure-" + kind + ".default";
        TestCertificate right = TestCertificate.of("dns:" + name, folder);
        TestCertificate wrong = TestCertificate.of("dns:other.example", folder);
        Pod pod = cluster.lab().addPod("secure-" + kind, "node-b");
        callers.serve(
                kind.equals("rest") ? "web" : "webflux",
                List.of(pod),
                "--server.ssl.bundle=wrong",
                "--spring.ssl.bundle.jks.wrong.keystore.location=file:"
                        + cluster.lab().publish(wrong.file()),
                "--spring.ssl.bundle.jks.wrong.keystore.password=" + TestCertificate.PASSWORD,
                "--server.ssl.server-name-bundles[0].server-name=" + name,
                "--server.ssl.server-name-bundles[0].bundle=right",
                "--spring.ssl.bundle.jks.right.keystore.location=file:"
                        + cluster.lab().publish(right.file()),
                "--spring.ssl.bundle.jks.right.keystore.password=" + TestCertificate.PASSWORD);
        service("secure-" + kind, List.of(pod));
        CallerLog log = callers.startAt(
                "https://" + name + ":80",
                kind,
                RATE,
                LONG,
                "--spring.http.clients.ssl.bundle=pods",
                "--spring.ssl.bundle.jks.pods.truststore.location=file:"
                        + cluster.lab().publish(right.file()),
                "--spring.ssl.bundle.jks.pods.truststore.password=" + TestCertificate.PASSWORD);
        Callers.pass(log, RATE);
        JsonNode result = log.end(Cluster.GENEROUS);
        assertThat(log.failures()).isEmpty();
        assertThat(result.path("answers").path(pod.name()).asInt())
                .as("%s", result)
                .isPositive();
        pod.delete();
    }

    /** What cannot be repeated is a call that the pod may have begun to process when it died. */
    @Test
    void aPodThatIsKilledCostsOnlyTheCallsThatItHad() {
        List<Pod> pods = new ArrayList<>(green.subList(0, 2));
        Pod victim = cluster.lab().addPod("victim", "node-b");
        callers.serve("webflux,grpc", List.of(victim));
        pods.add(victim);
        service("killed", pods);
        Map<String, CallerLog> logs = callers.startAll("killed", RATE, LONG);
        logs.values()
                .forEach(log -> log.await(
                        "it answers",
                        Cluster.GENEROUS,
                        () -> log.first("victim").isPresent()));
        callers.server(victim).kill();
        long dead = Callers.now();
        logs.values().forEach(log -> Callers.pass(log, 3 * RATE));
        endpoints("killed", green.subList(0, 2));
        logs.forEach((kind, log) -> {
            JsonNode result = log.end(Cluster.GENEROUS);
            System.out.println("killed pod, " + kind + ": " + result);
            assertThat(log.failures())
                    .as("calls by %s that failed, though they began after the pod was dead", kind)
                    .filteredOn(failure -> failure.path("begun").asLong() > dead)
                    .isEmpty();
            assertThat(result.path("failed").asInt()).as("%s", result).isLessThan(RATE / 4);
        });
        victim.delete();
    }

    @Test
    void aRollingUpdateFailsNoCall() {
        for (Pod pod : blue) {
            cluster.lab().kubelet().run(pod, "shop", Map.of());
        }
        api().resource(template("shop").selecting("shop").build()).create();
        Map<String, CallerLog> logs = callers.startAll("shop", RATE, LONG);
        for (int i = 0; i < 3; i++) {
            replace(logs, blue.get(i), green.get(i));
        }
        Map<String, JsonNode> results = new LinkedHashMap<>();
        logs.forEach((kind, log) -> {
            Callers.pass(log, RATE);
            results.put(kind, log.end(Cluster.GENEROUS));
        });
        results.forEach((kind, result) -> System.out.println("rolling update, " + kind + ": " + result));
        logs.forEach((kind, log) -> assertThat(log.failures()).as("of %s", kind).isEmpty());
        green.forEach(pod -> cluster.lab().kubelet().gone(pod));
    }

    /** As a Deployment with maxUnavailable 0: the new pod is ready, the old one terminates, and ends in good order. */
    private static void replace(Map<String, CallerLog> logs, Pod old, Pod fresh) {
        cluster.lab().kubelet().run(fresh, "shop", Map.of());
        logs.forEach((kind, log) -> log.await(
                kind + " uses " + fresh.name(),
                Cluster.GENEROUS,
                () -> log.first(fresh.name()).isPresent()));
        cluster.lab().kubelet().terminate(old);
        LockSupport.parkNanos(GRACE.toNanos());
        callers.server(old).stop(Duration.ofSeconds(30));
        cluster.lab().kubelet().gone(old);
        old.delete();
    }

    /** A Service without a selector, whose slices this test writes. */
    private static void service(String name, List<Pod> pods) {
        api().resource(template(name).build()).create();
        endpoints(name, pods);
    }

    private static ServiceTemplate template(String name) {
        return ServiceTemplate.named("default", name)
                .port("http", 80, CallerProgram.HTTP_PORT)
                .port("grpc", CallerProgram.GRPC_PORT, CallerProgram.GRPC_PORT);
    }

    private static void endpoints(String service, List<Pod> pods) {
        cluster.lab()
                .services()
                .set(
                        service,
                        "IPv4",
                        pods.stream()
                                .map(pod -> cluster.lab().services().endpoint(pod, pod.ip()))
                                .toList());
    }

    private static KubernetesClient api() {
        return cluster.lab().controlPlane().admin();
    }
}
