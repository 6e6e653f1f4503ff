package io.remora.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the scopes {@code all} and {@code on-demand} with a real API server: memory of a process that uses five Services,
 * bytes it receives at the start and for each change of another Service's endpoints, watches and connections; for a tenth of
 * the cluster and for all of it. Run by hand, with {@code KUBEBUILDER_ASSETS} set; arguments: the number of Services
 * (5,000, at least 4,000), of endpoints of each (20), of changes (a multiple of 200).
 */
final class ScopeComparison {

    private static final int USED = 5;
    private static final int PARALLEL = 16;

    private final RealApiServer api;
    private final Path kubeconfig;
    private final HttpClient client;
    private final String url;
    private final int endpointsEach;
    private int made;

    private ScopeComparison(RealApiServer api, int endpointsEach) throws IOException {
        this.api = api;
        this.endpointsEach = endpointsEach;
        kubeconfig = api.kubeconfig(api.port());
        Config config = KubernetesClients.configuration(
                KubernetesConfig.DEFAULT.withAccess(ApiAccess.kubeconfig(kubeconfig)), System.getenv());
        client = KubernetesClients.client(config);
        url = config.getMasterUrl().replaceFirst("/+$", "");
    }

    public static void main(String[] arguments) throws Exception {
        int services = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5_000;
        int endpointsEach = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
        int changes = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 200;
        Path dir = Files.createTempDirectory("remora-scopes");
        try (RealApiServer api = RealApiServer.start(dir)) {
            ScopeComparison comparison = new ScopeComparison(api, endpointsEach);
            for (int i = 0; i < 50; i++) {
                comparison.send("POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"ns-" + i + "\"}}");
            }
            for (int size : new int[] {services / 10, services}) {
                comparison.grow(size);
                for (WatchScope scope : WatchScope.values()) {
                    comparison.measure(scope, changes);
                }
            }
        } finally {
            try (Stream<Path> files = Files.walk(dir)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
        System.exit(0);
    }

    private void grow(int services) throws Exception {
        long start = System.nanoTime();
        Semaphore free = new Semaphore(PARALLEL);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        for (; made < services && failure.get() == null; made++) {
            int i = made;
            free.acquire();
            var unused = sendAsync(
                            "POST", "/api/v1/namespaces/ns-" + i % 50 + "/services", service(i), "application/json")
                    .thenCompose(answer -> sendAsync("POST", slices(i), slice(i, true), "application/json"))
                    .whenComplete((answer, problem) -> {
                        failure.compareAndSet(null, problem);
                        free.release();
                    });
        }
        free.acquire(PARALLEL);
        if (failure.get() != null) {
            throw new IllegalStateException("cannot make the cluster", failure.get());
        }
        System.out.printf(
                "%n%d Services, %d endpoints (made in %d s)%n",
                services, services * endpointsEach, (System.nanoTime() - start) / 1_000_000_000);
    }

    private void measure(WatchScope scope, int changes) throws Exception {
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < USED; i++) {
            addresses.add(ip(i * 37));
        }
        try (CountingForwarder counted = new CountingForwarder(api.port())) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xms16m",
                    "-Xmx1g",
                    "-Xss256k",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ScopeMeasurement.class.getName(),
                    scope.name(),
                    api.kubeconfig(counted.port()).toString()));
            command.addAll(addresses);
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader out = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                    BufferedWriter in = new BufferedWriter(
                            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8))) {
                String first = measured(out);
                long atStart = counted.received();
                System.out.printf("%s: %s%n", scope.text(), first);
                System.out.printf("  received at the start: %,d bytes%n", atStart);
                System.out.printf("  %s%n", ask(in, out));

                long before = counted.received();
                for (int i = 0; i < changes; i++) {
                    int other = 300 + i % 100;
                    send("PUT", slices(other) + "/service-" + other + "-x7k2p", slice(other, i / 100 % 2 == 1));
                }
                settle(counted);
                System.out.printf(
                        "  received for each change elsewhere: %,.0f bytes%n",
                        (counted.received() - before) / (double) changes);
                before = counted.received();
                for (int i = 0; i < 20; i++) {
                    send("PUT", slices(37) + "/service-37-x7k2p", slice(37, i % 2 == 1));
                }
                settle(counted);
                System.out.printf(
                        "  received for each change of a Service in use: %,.0f bytes%n",
                        (counted.received() - before) / 20.0);
                System.out.printf("  afterwards: %s%n", ask(in, out));
                System.out.printf("  TCP connections: %d%n", counted.open());
            } finally {
                process.destroy();
                process.waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    /** Skips the log's lines. */
    private static String measured(BufferedReader out) throws IOException {
        String line = out.readLine();
        while (line != null && !line.startsWith("synced after") && !line.startsWith("heap after")) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("the measured process ended");
        }
        return line;
    }

    private static String ask(BufferedWriter in, BufferedReader out) throws IOException {
        in.write("\n");
        in.flush();
        return measured(out);
    }

    /** Waits until nothing comes any more; a bookmark a minute does. */
    private static void settle(CountingForwarder counted) {
        long last = -1;
        for (int i = 0; i < 40 && last != counted.received(); i++) {
            last = counted.received();
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        }
    }

    private String ip(int service) throws Exception {
        return api.kubectl(
                "get", "service", "service-" + service, "-n", "ns-" + service % 50, "-o", "jsonpath={.spec.clusterIP}");
    }

    private void send(String method, String path, String body) throws Exception {
        sendAsync(method, path, body, "application/json").get(60, TimeUnit.SECONDS);
    }

    private CompletableFuture<String> sendAsync(String method, String path, String body, String type) {
        HttpRequest request = client.newHttpRequestBuilder()
                .uri(url + path)
                .method(method, type, body)
                .build();
        return client.sendAsync(request, String.class).thenApply(ScopeComparison::checked);
    }

    private static String checked(HttpResponse<String> answer) {
        if (!answer.isSuccessful()) {
            throw new IllegalStateException(answer.code() + ": " + answer.body());
        }
        return answer.body();
    }

    private static String slices(int i) {
        return "/apis/discovery.k8s.io/v1/namespaces/ns-" + i % 50 + "/endpointslices";
    }

    private static String service(int i) {
        return """
                {"metadata":{"name":"service-%1$d","labels":{"app":"service-%1$d"}},"spec":{"selector":
                {"app":"service-%1$d"},"ports":[{"name":"http","port":80,"targetPort":8080}]}}""".formatted(i);
    }

    private String slice(int i, boolean ready) {
        StringBuilder endpoints = new StringBuilder();
        for (int e = 0; e < endpointsEach; e++) {
            int pod = i * endpointsEach + e;
            endpoints.append(e == 0 ? "" : ",").append("""
                    {"addresses":["10.%1$d.%2$d.%3$d"],"conditions":{"ready":%4$s,"serving":%4$s,"terminating":false},
                    "targetRef":{"kind":"Pod","namespace":"ns-%5$d","name":"service-%6$d-6d4cf56db6-%7$05d","uid":
                    "%8$08x-0f6c-4c1e-9c57-%7$012x"},"nodeName":"node-%9$d","zone":"zone-%10$d","hints":
                    {"forZones":[{"name":"zone-%10$d"}]}}""".formatted(
                            pod >> 16 & 255,
                            pod >> 8 & 255,
                            pod & 255,
                            e > 0 || ready,
                            i % 50,
                            i,
                            pod,
                            pod * 0x9e3779b9,
                            pod % 1000,
                            pod % 3));
        }
        return """
                {"metadata":{"name":"service-%1$d-x7k2p","labels":{"kubernetes.io/service-name":"service-%1$d",
                "app":"service-%1$d","endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io"}},
                "addressType":"IPv4","endpoints":[%2$s],"ports":[{"name":"http","port":8080,"protocol":"TCP"}]}""".formatted(i, endpoints);
    }
}
