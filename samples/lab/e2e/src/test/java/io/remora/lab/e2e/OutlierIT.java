package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.remora.lab.Pod;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import io.remora.lab.sidecar.Sidecar;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * One pod answers every connection with a reset and stays Ready: kube-proxy would go on to send it its share. Then it
 * heals. Numbers before, during and after are printed.
 */
@SuppressWarnings("NullAway.Init")
class OutlierIT {
    private static final int SICKLY = 8087;
    private static final String SICK_FILE = "/run/sick";
    private static final Duration EJECTION_TIME = Duration.ofSeconds(4);
    /** Failures that it takes to notice, and what was under way meanwhile. */
    private static final int NOTICED_WITHIN = 3 + 3;

    private static Cluster cluster;
    private static Sidecar sidecar;

    @BeforeAll
    static void start() {
        cluster = Cluster.start();
        sidecar = Sidecar.inject(cluster.lab(), cluster.client(), Cluster.config(Jdk.newest()));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 2})
    void aPodThatResetsLeavesAndComesBack(int count) {
        String name = "sickly-" + count;
        List<Pod> pods = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            Pod pod = cluster.lab().addPod(name + "-" + i, i == 2 ? "node-b" : "node-a");
            cluster.serve(pod, "--sickly", SICKLY, "--sick-file", SICK_FILE);
            pods.add(pod);
        }
        Target target = cluster.service(sidecar, name, SICKLY, pods.toArray(Pod[]::new));
        annotate(name, "remora.io/outlier-base-ejection-time", EJECTION_TIME.toSeconds() + "s");
        annotate(name, "remora.io/outlier-ejection-jitter", "0s");
        Pod sick = pods.get(count - 1);
        String sickAddress = sick.ip() + ":" + SICKLY;
        Load load = new Load(target);

        load.await("\"answer\":\"" + sick.name() + "\"", Duration.ofSeconds(20));
        load.pass(Duration.ofSeconds(3));
        int before = load.end("before", sick);
        assertThat(load.failed(0, before)).isZero();

        sick.exec(ProcessSpec.of("touch", SICK_FILE)).orThrow();
        sidecar.await(
                "the agent has ejected " + sickAddress,
                Duration.ofSeconds(20),
                () -> state(name, sickAddress).equals("ejected"));
        int noticed = load.end("until it was noticed", sick);
        assertExplained(target, sickAddress);
        load.pass(EJECTION_TIME.multipliedBy(2));
        int during = load.end("while it is ejected", sick);

        sick.exec(ProcessSpec.of("rm", SICK_FILE)).orThrow();
        long healed = System.nanoTime();
        Duration ejection = Duration.between(
                Instant.now(),
                Instant.parse(ejection(name, sickAddress).path("until").asString()));
        sidecar.await(
                "the agent uses " + sickAddress + " again",
                Duration.ofSeconds(60),
                () -> state(name, sickAddress).equals("healthy"));
        Duration returned = Duration.ofNanos(System.nanoTime() - healed);
        load.pass(Duration.ofSeconds(3));
        int after = load.end("after it has healed", sick);
        load.stop();

        System.out.printf("%d pods: back %d ms after it had healed%n", count, returned.toMillis());
        assertThat(load.failed(before, noticed))
                .as("failures until it was noticed")
                .isBetween(1, NOTICED_WITHIN);
        assertThat(load.failed(noticed, during) * 100)
                .as("failures after that, in percent of %d", during - noticed)
                .isLessThan(during - noticed);
        assertThat(returned)
                .as("back within one time of ejection, of which %s were left", ejection)
                .isLessThan(ejection.plusSeconds(2));
        assertThat(load.answers(during, after, sick.name()))
                .as("it is used again")
                .isPositive();
        assertThat(sidecar.admin().metric("remora_ejections_total", "service=\"" + name + "\""))
                .isGreaterThanOrEqualTo(1);
        Cluster.assertNothingInFlight(sidecar);
    }

    private static void assertExplained(Target target, String address) {
        JsonNode endpoint =
                named(sidecar.admin().json("/explain?target=" + target.v4()).path("endpoints"), address);
        JsonNode ejection = endpoint.path("ejection");
        assertThat(ejection.path("cause").asString()).as("%s", endpoint).contains("reset");
        Instant since = Instant.parse(ejection.path("since").asString());
        Instant until = Instant.parse(ejection.path("until").asString());
        assertThat(Duration.between(since, Instant.now())).isBetween(Duration.ZERO, Duration.ofSeconds(20));
        assertThat(Duration.between(since, until)).isBetween(EJECTION_TIME.minusMillis(50), Duration.ofSeconds(60));
        ExecResult told = cluster.client()
                .exec(ProcessSpec.of(
                        Jdk.newest().java().toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        cluster.lab()
                                .publish(Cluster.config(Jdk.newest()).agentJar())
                                .toString(),
                        "explain",
                        target.v4()));
        System.out.println(told.out());
        assertThat(told.out()).contains("ejected since", "next trial in", "reset");
    }

    private static void annotate(String service, String annotation, String value) {
        cluster.lab()
                .controlPlane()
                .admin()
                .services()
                .inNamespace("default")
                .withName(service)
                .edit(before -> new ServiceBuilder(before)
                        .editMetadata()
                        .addToAnnotations(annotation, value)
                        .endMetadata()
                        .build());
    }

    private static String state(String service, String address) {
        return ejection(service, address).path("state").asString("healthy");
    }

    private static JsonNode ejection(String service, String address) {
        return endpoint(service, address).path("ejection");
    }

    private static JsonNode endpoint(String service, String address) {
        for (JsonNode destination : sidecar.destinations(service)) {
            if (destination.path("family").asString().equals("IPv4")) {
                return named(destination.path("endpoints"), address);
            }
        }
        throw new AssertionError("the agent does not know " + service);
    }

    private static JsonNode named(JsonNode endpoints, String address) {
        for (JsonNode endpoint : endpoints) {
            String text = endpoint.path("address").asString();
            if (text.equals(address) || (text + ":" + endpoint.path("port").asInt()).equals(address)) {
                return endpoint;
            }
        }
        throw new AssertionError("no endpoint " + address + " in " + endpoints);
    }

    /** A client that connects every few milliseconds, and what it has told so far. */
    private static final class Load {
        private final LabProcess process;
        private int phaseBegin;

        Load(Target target) {
            process = cluster.client()
                    .start(Cluster.clientOf(
                            "connect",
                            "--target",
                            target.v4(),
                            "--interval-ms",
                            "5",
                            "--duration-ms",
                            "110000",
                            "--each",
                            "true"));
        }

        void await(String line, Duration limit) {
            process.awaitLog(line, limit);
        }

        /** Lets the client work for a while: until it has told of a connection that ended so much later. */
        void pass(Duration time) {
            long end = lastMillis() + time.toMillis();
            sidecar.await("the client works", time.plus(Cluster.GENEROUS), () -> lastMillis() >= end);
        }

        /** Ends a phase, prints what it was like, and returns the number of its last connection. */
        int end(String phase, Pod pod) {
            int end = lines().size();
            int failed = failed(phaseBegin, end);
            System.out.printf(
                    "%-22s %5d connections, %3d failed (%.2f %%), %4d answered by %s%n",
                    phase,
                    end - phaseBegin,
                    failed,
                    100.0 * failed / Math.max(1, end - phaseBegin),
                    answers(phaseBegin, end, pod.name()),
                    pod.name());
            phaseBegin = end;
            return end;
        }

        int failed(int from, int to) {
            return count(from, to, "\"error\":");
        }

        int answers(int from, int to, String pod) {
            return count(from, to, "\"answer\":\"" + pod + "\"");
        }

        void stop() {
            process.kill();
        }

        private int count(int from, int to, String part) {
            return (int) lines().subList(from, to).stream()
                    .filter(line -> line.contains(part))
                    .count();
        }

        private long lastMillis() {
            List<String> lines = lines();
            return lines.isEmpty()
                    ? 0
                    : Cluster.json(lines.get(lines.size() - 1)).path("atMillis").asLong();
        }

        private List<String> lines() {
            String log = process.log();
            return log.substring(0, log.lastIndexOf('\n') + 1)
                    .lines()
                    .filter(line -> line.startsWith("{\"atMillis\""))
                    .toList();
        }
    }
}
