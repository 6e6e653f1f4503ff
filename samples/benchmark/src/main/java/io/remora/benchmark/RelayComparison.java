package io.remora.benchmark;

import io.fabric8.kubernetes.api.model.Service;
import io.remora.lab.KubeProxyMode;
import io.remora.lab.Lab;
import io.remora.lab.Node;
import io.remora.lab.Pod;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import io.remora.lab.sidecar.Sidecar;
import io.remora.lab.sidecar.SidecarConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Connections a second, requests a second and bits a second through the agent, with and without the ports that Services
 * without endpoints are refused by, next to a direct connection and next to kube-proxy's DNAT, in one run: they take turns, and medians of all rounds are printed with their ratios. Needs the
 * lab's programs, a real API server ({@code KUBEBUILDER_ASSETS}), {@code wrk}, {@code nginx} and {@code iperf3}.
 *
 * <p>Arguments: the agent's jar, the init step's jar, and the number of rounds (5).
 */
public final class RelayComparison {

    private static final Duration MEASURE = Duration.ofSeconds(4);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int HTTP_PORT = 8080;
    private static final int BULK_PORT = 5201;

    /** The ways from a client to the server. */
    private enum Route {
        DIRECT("direct, pod address"),
        KUBE_PROXY("kube-proxy, ClusterIP"),
        REMORA("Remora, ClusterIP"),
        ONE_PORT("Remora, refusal off");

        private final String text;

        Route(String text) {
            this.text = text;
        }
    }

    /** What is measured; each gives one number. */
    private enum Load {
        CONNECTIONS("connections/s", Pattern.compile("Requests/sec:\\s+([0-9.]+)")) {
            @Override
            ProcessSpec command(Target target) {
                return wrk(target, "-H", "Connection: close");
            }
        },
        REQUESTS("requests/s", Pattern.compile("Requests/sec:\\s+([0-9.]+)")) {
            @Override
            ProcessSpec command(Target target) {
                return wrk(target);
            }
        },
        BULK("Gbit/s", Pattern.compile("([0-9.]+) Gbits/sec\\s+receiver")) {
            @Override
            ProcessSpec command(Target target) {
                return ProcessSpec.of(
                        "iperf3", "-c", target.bulkHost(), "-t", Long.toString(MEASURE.toSeconds()), "-f", "g");
            }
        };

        private final String unit;
        private final Pattern number;

        Load(String unit, Pattern number) {
            this.unit = unit;
            this.number = number;
        }

        abstract ProcessSpec command(Target target);

        private static ProcessSpec wrk(Target target, String... more) {
            return ProcessSpec.of("wrk", "-t1", "-c32", "-d" + MEASURE.toSeconds() + "s")
                    .plus(more)
                    .plus("http://" + target.httpHost() + ":" + HTTP_PORT + "/");
        }
    }

    private record Target(Pod client, String httpHost, String bulkHost) {}

    private record Cell(Route route, Load load) {}

    private RelayComparison() {}

    public static void main(String[] args) throws IOException {
        if (args.length < 2) {
            System.err.println("arguments: AGENT.jar INIT.jar [ROUNDS]");
            System.exit(2);
        }
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        SidecarConfig config = SidecarConfig.of(
                Path.of(args[0]).toAbsolutePath(), Path.of(args[1]).toAbsolutePath());
        try (Lab lab = Lab.start()) {
            run(lab, config, rounds);
        }
    }

    private static void run(Lab lab, SidecarConfig config, int rounds) throws IOException {
        Pod server = lab.addPod("server", "node-b");
        startServers(lab, server);
        Service http = lab.services().create("http", HTTP_PORT, HTTP_PORT);
        Service bulk = lab.services().create("bulk", BULK_PORT, BULK_PORT);
        lab.services().endpoints("http", List.of(server));
        lab.services().endpoints("bulk", List.of(server));
        String httpIp = http.getSpec().getClusterIP();
        String bulkIp = bulk.getSpec().getClusterIP();

        lab.kubelet().registerNodes();
        Node node = lab.node("node-a");
        LabProcess proxy = lab.startKubeProxy(node, KubeProxyMode.IPTABLES);
        Map<Route, Target> targets = new EnumMap<>(Route.class);
        targets.put(Route.DIRECT, new Target(lab.addPod("direct", "node-a"), server.ip(), server.ip()));
        targets.put(Route.KUBE_PROXY, new Target(lab.addPod("proxied", "node-a"), httpIp, bulkIp));
        Pod pod = lab.addPod("remora", "node-a");
        long begin = System.nanoTime();
        Sidecar sidecar = Sidecar.inject(lab, pod, config);
        double ready = (System.nanoTime() - begin) / 1e9;
        targets.put(Route.REMORA, new Target(pod, httpIp, bulkIp));
        Pod without = lab.addPod("one-port", "node-a");
        Sidecar onePort =
                Sidecar.inject(lab, without, config.env("REMORA_REFUSAL", "off").initArguments("--refusal", "off"));
        targets.put(Route.ONE_PORT, new Target(without, httpIp, bulkIp));
        for (Target target : targets.values()) {
            awaitAnswer(target, proxy);
        }
        long idle = sidecar.residentBytes();
        long idleOnePort = onePort.residentBytes();

        Map<Cell, List<Double>> results = new HashMap<>();
        long peak = idle;
        for (int round = 0; round <= rounds; round++) { // round 0 warms up
            for (Load load : Load.values()) {
                for (Route route : Route.values()) {
                    double value = measure(load, Objects.requireNonNull(targets.get(route)));
                    if (round > 0) {
                        results.computeIfAbsent(new Cell(route, load), cell -> new ArrayList<>())
                                .add(value);
                    }
                    peak = Math.max(peak, sidecar.residentBytes());
                }
            }
            System.err.println("round " + round + " of " + rounds);
        }
        print(results);
        System.out.printf(
                Locale.ROOT,
                "%nagent: init step and start to ready %.2f s, resident %.1f MiB idle (%.1f MiB with refusal off), %.0f MiB at most under load, %d in"
                        + " flight at the end%n",
                ready,
                idle / 1048576.0,
                idleOnePort / 1048576.0,
                peak / 1048576.0,
                sidecar.inFlight());
    }

    private static void startServers(Lab lab, Pod server) throws IOException {
        Path folder = Files.createDirectories(lab.directory().resolve("nginx"));
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), """
                user root;
                worker_processes 1;
                pid %1$s/pid;
                error_log stderr;
                events { worker_connections 4096; }
                http {
                  access_log off;
                  keepalive_requests 100000000;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  server { listen %2$d backlog=4096; location / { return 200 "ok\\n"; } }
                }
                """.formatted(folder, HTTP_PORT));
        server.start(ProcessSpec.of("nginx", "-c", configuration.toString(), "-g", "daemon off;")
                .named("nginx"));
        server.start(ProcessSpec.of("iperf3", "-s").named("iperf3"));
    }

    private static void awaitAnswer(Target target, LabProcess proxy) {
        ProcessSpec ask = ProcessSpec.of(
                        "curl",
                        "-sf",
                        "--retry",
                        "60",
                        "--retry-all-errors",
                        "--retry-delay",
                        "1",
                        "-m",
                        "2",
                        "-o",
                        "/dev/null")
                .plus("http://" + target.httpHost() + ":" + HTTP_PORT + "/")
                .timeout(LIMIT);
        if (!target.client().exec(ask).ok()) {
            throw new IllegalStateException("no answer in " + target.client() + "; kube-proxy says\n" + proxy.log());
        }
    }

    private static double measure(Load load, Target target) {
        String out = target.client()
                .exec(load.command(target).timeout(LIMIT))
                .orThrow()
                .out();
        Matcher matcher = load.number.matcher(out);
        if (!matcher.find()) {
            throw new IllegalStateException("no result in\n" + out);
        }
        return Double.parseDouble(matcher.group(1));
    }

    private static void print(Map<Cell, List<Double>> results) {
        System.out.printf("%-24s", "median (of direct)");
        for (Load load : Load.values()) {
            System.out.printf("%24s", load.unit);
        }
        System.out.println();
        for (Route route : Route.values()) {
            System.out.printf("%-24s", route.text);
            for (Load load : Load.values()) {
                double value = median(results, new Cell(route, load));
                double direct = median(results, new Cell(Route.DIRECT, load));
                System.out.printf(Locale.ROOT, "%16.1f (%4.0f%%)", value, 100 * value / direct);
            }
            System.out.println();
        }
    }

    private static double median(Map<Cell, List<Double>> results, Cell cell) {
        List<Double> sorted =
                results.getOrDefault(cell, List.of()).stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
