package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.Pod;
import io.remora.lab.process.LabProcess;
import io.remora.lab.sidecar.Sidecar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Many bytes and many connections, in bounded memory and with bounded descriptors. */
@ParameterizedClass
@MethodSource("io.remora.lab.e2e.Jdk#all")
@SuppressWarnings("NullAway.Init")
class LoadIT {
    private static final long MIB = 1 << 20;
    private static final int BULK_BYTES = 100_000_000;
    private static final int CONNECTIONS = 5_000;
    private static final int FEW_DESCRIPTORS = 400;

    private static Cluster cluster;
    private static Sidecar sidecar;
    private static Pod near;
    private static Pod far;

    @Parameter
    Jdk jdk;

    @BeforeParameterizedClassInvocation
    static void start(Jdk jdk) {
        cluster = Cluster.start();
        near = cluster.server("near", "node-a");
        far = cluster.server("far", "node-b");
        sidecar = Sidecar.inject(cluster.lab(), cluster.client(), Cluster.config(jdk));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void nothingIsInFlight() {
        Cluster.assertNothingInFlight(sidecar);
    }

    @Test
    void slowReadersOnBothSidesCostLittleMemory() {
        Target target = cluster.service(sidecar, "bulk", Cluster.BULK, far);
        bulk(target, 1_000_000, 0).awaitExit(Cluster.GENEROUS);
        long before = sidecar.residentBytes();
        LabProcess transfer = bulk(target, BULK_BYTES, 20_000_000);
        long most = before;
        while (transfer.isAlive()) {
            most = Math.max(most, sidecar.residentBytes());
            Waits.pause();
        }
        JsonNode result = Cluster.json(transfer.awaitLog("^\\{", Cluster.GENEROUS));
        assertThat(result.path("ok").asBoolean())
                .as("the checksums of both ways: %s", result)
                .isTrue();
        assertThat(result.path("millis").asLong()).as("it was slow: %s", result).isGreaterThan(4_000);
        assertThat(most - before)
                .as("growth of resident memory, from %d MiB", before / MIB)
                .isLessThan(16 * MIB);
    }

    private static LabProcess bulk(Target target, long bytes, long rate) {
        return cluster.client()
                .start(Cluster.clientOf(
                        "bulk",
                        "--target",
                        target.v4(),
                        "--up",
                        Long.toString(bytes),
                        "--down",
                        Long.toString(bytes),
                        "--client-rate",
                        Long.toString(rate),
                        "--server-rate",
                        Long.toString(rate)));
    }

    @Test
    void fiveThousandConnectionsAreHeldAtOnce() {
        Target target = cluster.service(sidecar, "many", Cluster.GREETING, near, far);
        LabProcess holder = hold(target, CONNECTIONS, 3_000, 60_000);
        JsonNode opened = Cluster.json(holder.awaitLog("\"opened\"", Cluster.GENEROUS));
        assertThat(opened.path("opened").asInt()).as("%s", opened).isEqualTo(CONNECTIONS);
        assertThat(sidecar.admin().metric("remora_connections_active")).isEqualTo(CONNECTIONS);
        assertThat(sidecar.inFlight()).isEqualTo(CONNECTIONS);
        JsonNode alive = Cluster.json(holder.awaitLog("\"alive\"", Cluster.GENEROUS));
        assertThat(alive.path("alive").asInt()).as("%s", alive).isEqualTo(CONNECTIONS);
        holder.awaitExit(Cluster.GENEROUS);
        for (Pod pod : new Pod[] {near, far}) {
            assertThat(opened.path("answers").path(pod.name()).asInt())
                    .as("%s", opened)
                    .isGreaterThan(CONNECTIONS / 3);
        }
    }

    @Test
    void exhaustedDescriptorsAreSurvived() {
        Pod pod = cluster.lab().addPod("poor", "node-a");
        try (Sidecar poor = Sidecar.inject(
                cluster.lab(),
                pod,
                Cluster.config(jdk)
                        .noFile(FEW_DESCRIPTORS)
                        .env("REMORA_REFUSAL", "off")
                        .initArguments("--refusal", "off"))) {
            Target target = cluster.service(poor, "poor", Cluster.GREETING, near, far);
            int idle = poor.process().openFiles();
            LabProcess holder = pod.start(Cluster.clientOf(
                    "hold",
                    "--target",
                    target.v4(),
                    "--connections",
                    Integer.toString(FEW_DESCRIPTORS),
                    "--hold-ms",
                    "1000",
                    "--timeout-ms",
                    "4000"));
            JsonNode opened = Cluster.json(holder.awaitLog("\"opened\"", Cluster.GENEROUS));
            assertThat(opened.path("opened").asInt())
                    .as("some are served, not all: %s", opened)
                    .isBetween(10, FEW_DESCRIPTORS - 1);
            assertThat(poor.process().openFiles())
                    .as("descriptors, of which it had %d when idle", idle)
                    .isGreaterThan(FEW_DESCRIPTORS / 2 + idle / 2);
            poor.process().awaitLog("accepting is paused", Cluster.GENEROUS);
            holder.awaitExit(Cluster.GENEROUS);

            JsonNode after = Cluster.last(pod.exec(Cluster.clientOf(
                    "connect",
                    "--target",
                    target.v4(),
                    "--protocol",
                    "greeting",
                    "--count",
                    "100",
                    "--concurrency",
                    "4")));
            assertThat(after.path("ok").asInt()).as("%s", after).isEqualTo(100);
            Cluster.assertNothingInFlight(poor);
            assertThat(poor.admin().metric("remora_accept_paused")).isZero();
            poor.await(
                    "the descriptors are closed",
                    Cluster.GENEROUS,
                    () -> poor.process().openFiles() <= idle + 10);
        }
        pod.delete();
    }

    private static LabProcess hold(Target target, int connections, int holdMillis, int timeoutMillis) {
        return cluster.client()
                .start(Cluster.clientOf(
                        "hold",
                        "--target",
                        target.v4(),
                        "--connections",
                        Integer.toString(connections),
                        "--hold-ms",
                        Integer.toString(holdMillis),
                        "--timeout-ms",
                        Integer.toString(timeoutMillis)));
    }
}
