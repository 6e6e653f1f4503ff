package io.remora.lab.e2e;

import io.remora.lab.Lab;
import io.remora.lab.Pod;
import io.remora.lab.app.Apps;
import io.remora.lab.caller.CallerLog;
import io.remora.lab.caller.CallerProgram;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import io.remora.lab.sidecar.Sidecar;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Applications in pods: servers as they are, and clients with the starter on their class path. */
final class Callers {
    /** How each client names the Service. */
    static final Map<String, String> TARGETS =
            Map.of("rest", "http://%s", "web", "http://%s", "grpc", "k8s:///%s:grpc");

    private final CallerProgram server;
    private final CallerProgram client;
    private final Pod pod;
    private final Path kubeconfig;
    private final Map<Pod, LabProcess> servers = new HashMap<>();

    Callers(Lab lab, Pod pod) {
        Path jar = Cluster.jar("remora.caller.jar", "samples/caller/target/remora-caller-0.1.0-SNAPSHOT.jar");
        this.server = CallerProgram.of(Apps.java(), CallerProgram.SMALL, jar, jar.resolveSibling("classpath"));
        this.client = CallerProgram.of(Apps.java(), CallerProgram.SMALL, jar, jar.resolveSibling("classpath-starter"));
        this.pod = pod;
        this.kubeconfig = Sidecar.kubeconfig(lab);
    }

    /** Starts servers, all at once, and returns when they serve. */
    void serve(String roles, List<Pod> pods, String... properties) {
        pods.forEach(each ->
                servers.put(each, each.start(server.serve(roles, each.name()).plus(properties))));
        pods.forEach(each -> server(each).awaitLog("^serving$", Cluster.GENEROUS));
    }

    LabProcess server(Pod server) {
        return Objects.requireNonNull(servers.get(server), () -> "no server in " + server);
    }

    /** Starts a client that calls a Service of namespace default, without waiting for it. */
    CallerLog start(String kind, String service, int rate, int seconds, String... properties) {
        return start(
                client,
                kind,
                Objects.requireNonNull(TARGETS.get(kind), kind).formatted(service),
                rate,
                seconds,
                properties);
    }

    /** Starts a client with other options of the JVM. */
    CallerLog startWith(List<String> options, String kind, String service, String... properties) {
        CallerProgram other = new CallerProgram(client.java(), options, client.classPath());
        return start(
                other, kind, Objects.requireNonNull(TARGETS.get(kind), kind).formatted(service), 0, 600, properties);
    }

    /** Starts a client that calls a URL. */
    CallerLog startAt(String url, String kind, int rate, int seconds, String... properties) {
        return start(client, kind, url, rate, seconds, properties);
    }

    private CallerLog start(
            CallerProgram program, String kind, String target, int rate, int seconds, String... properties) {
        ProcessSpec spec = program.call(
                        kind,
                        target,
                        "--call.rate=" + rate,
                        "--call.seconds=" + seconds,
                        "--spring.http.clients.connect-timeout=1s",
                        "--spring.http.clients.read-timeout=5s",
                        "--call.timeout=5s",
                        "--call.warm-up="
                                + (Arrays.stream(properties).anyMatch(each -> each.startsWith("--call.bytes="))
                                        ? 1
                                        : 200))
                .plus(properties)
                .env("REMORA_ENABLED", "true")
                .env("REMORA_NAMESPACE", "default")
                .env("REMORA_KUBERNETES_KUBECONFIG", kubeconfig.toString())
                .env("REMORA_NODE", pod.node().name());
        return new CallerLog(pod.start(spec));
    }

    /** Starts a client of each kind, and returns when all are calling. */
    Map<String, CallerLog> startAll(String service, int rate, int seconds) {
        Map<String, CallerLog> logs = new HashMap<>();
        TARGETS.keySet().stream().sorted().forEach(kind -> logs.put(kind, start(kind, service, rate, seconds)));
        logs.forEach((kind, log) -> log.await(kind + " calls", Cluster.GENEROUS, log::started));
        return logs;
    }

    /** Lets a client call so many times more. */
    static void pass(CallerLog log, int calls) {
        long end = total(log) + calls;
        log.await(calls + " more calls", Cluster.GENEROUS, () -> total(log) >= end);
    }

    private static long total(CallerLog log) {
        return log.seconds().stream()
                .mapToLong(second -> second.path("total").asLong())
                .max()
                .orElse(0);
    }

    /** Milliseconds since the epoch, as the clients tell them. */
    static long now() {
        return System.currentTimeMillis();
    }
}
