package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.PacketFilter;
import io.remora.lab.Pod;
import io.remora.lab.process.LabProcess;
import io.remora.lab.sidecar.Sidecar;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Endpoints that are dead, silent, slow, new, gone, or none: no connection fails that need not. */
@SuppressWarnings("NullAway.Init")
class EndpointsIT {
    /** The next endpoint is tried after 250 ms, and the one after that at 750 ms: less than this is one step at most. */
    private static final long ONE_STEP_MICROS = 250_000 + 400_000;

    private static Cluster cluster;
    private static Sidecar sidecar;
    private static Pod near;
    private static Pod far;

    @BeforeAll
    static void start() {
        cluster = Cluster.start();
        near = cluster.server("near", "node-a");
        far = cluster.server("far", "node-b");
        sidecar = Sidecar.inject(cluster.lab(), cluster.client(), Cluster.config(Jdk.newest()));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void nothingIsInFlight() {
        Cluster.assertNothingInFlight(sidecar);
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void aDeadEndpointThatRefusesCostsNoConnection(String family) {
        String name = "dead-" + family.toLowerCase(Locale.ROOT);
        Pod dead = cluster.lab().addPod(name, "node-b");
        Target target = cluster.service(sidecar, name, Cluster.HTTP, near, far, dead);
        assertOneStepAtMost(target, family, 150, "refused");
        dead.delete();
    }

    @Test
    void aPodThatIsGoneCostsNoConnection() {
        Pod gone = cluster.server("gone", "node-a");
        Target target = cluster.service(sidecar, "gone", Cluster.HTTP, near, far, gone);
        gone.delete();
        assertOneStepAtMost(target, "IPv4", 60, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void aBlackholedEndpointCostsNoConnection(String family) {
        String name = "hole-" + family.toLowerCase(Locale.ROOT);
        Pod silent = cluster.server(name, "node-b");
        Target target = cluster.service(sidecar, name, Cluster.HTTP, near, far, silent);
        try (PacketFilter hole = silent.blackhole()) {
            assertOneStepAtMost(target, family, 60, "");
            hole.lift();
        }
        silent.delete();
    }

    /** One of three endpoints does not answer: it is met, and nobody notices but by 250 ms. */
    private static void assertOneStepAtMost(Target target, String family, int count, String outcome) {
        JsonNode result = cluster.run(
                "connect", "--target", target.of(family), "--count", Integer.toString(count), "--concurrency", "3");
        assertThat(result.path("ok").asInt()).as("%s", result).isEqualTo(count);
        assertThat(result.path("failed").asInt()).as("%s", result).isZero();
        assertThat(result.path("latencyMicros").path("max").asLong())
                .as("%s", result)
                .isLessThan(ONE_STEP_MICROS);
        assertThat(sidecar.admin().metric("remora_connect_retries_total", service(target)))
                .as("connections that met the endpoint and were connected to the next one")
                .isBetween(1.0, (double) count);
        if (!outcome.isEmpty()) {
            assertThat(sidecar.admin().get("/metrics")).contains("outcome=\"" + outcome);
        }
    }

    @Test
    void aSlowOnlyEndpointIsWaitedFor() throws Exception {
        Pod slow = cluster.server("slow", "node-b");
        Target target = cluster.service(sidecar, "slow", Cluster.HTTP, slow);
        PacketFilter filter = slow.dropHandshakesTo(Cluster.HTTP);
        CompletableFuture<Void> lifted =
                CompletableFuture.runAsync(filter::lift, CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS));
        JsonNode result = cluster.run("connect", "--target", target.v4(), "--timeout-ms", "30000");
        lifted.get(30, TimeUnit.SECONDS);
        assertThat(result.path("ok").asInt()).as("%s", result).isEqualTo(1);
        assertThat(result.path("latencyMicros").path("max").asLong())
                .as("the handshake was slow: %s", result)
                .isGreaterThan(3_500_000);
        Cluster.assertNothingInFlight(sidecar);
        slow.delete();
    }

    @Test
    void anAddedEndpointIsUsedWithinASecondAndARemovedOneNeverAgain() {
        Target target = cluster.service(sidecar, "changing", Cluster.HTTP, near);
        LabProcess load = cluster.client()
                .start(Cluster.clientOf(
                        "connect",
                        "--target",
                        target.v4(),
                        "--interval-ms",
                        "10",
                        "--duration-ms",
                        "12000",
                        "--each",
                        "true"));
        load.awaitLog("\"answer\":\"near\"", Cluster.GENEROUS);
        long added = System.nanoTime();
        cluster.lab().services().endpoints("changing", List.of(near, far));
        load.awaitLog("\"answer\":\"far\"", Cluster.GENEROUS);
        assertThat(Duration.ofNanos(System.nanoTime() - added)).isLessThan(Duration.ofSeconds(1));

        long removed = System.nanoTime();
        cluster.lab().services().endpoints("changing", List.of(far));
        Cluster.awaitEndpoints(sidecar, "changing", far);
        assertThat(Duration.ofNanos(System.nanoTime() - removed)).isLessThan(Duration.ofSeconds(1));
        JsonNode result = cluster.run("connect", "--target", target.v4(), "--count", "100", "--concurrency", "4");
        assertThat(result.path("answers").path("far").asInt()).as("%s", result).isEqualTo(100);
        load.awaitExit(Cluster.GENEROUS);
        String log = load.log();
        JsonNode whole = Cluster.json(log.lines().toList().get((int) log.lines().count() - 1));
        assertThat(whole.path("failed").asInt()).as("%s", whole).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"IPv4", "IPv6"})
    void withoutEndpointsTheConnectionIsRefusedAtOnce(String family) {
        String name = "none-" + family.toLowerCase(Locale.ROOT);
        Target target = cluster.service(sidecar, name, Cluster.GREETING);
        List<String> lines = cluster.client()
                .exec(Cluster.clientOf(
                        "connect",
                        "--target",
                        target.of(family),
                        "--protocol",
                        "greeting",
                        "--count",
                        "20",
                        "--each",
                        "true"))
                .out()
                .lines()
                .toList();
        JsonNode whole = Cluster.json(lines.get(lines.size() - 1));
        assertThat(whole.path("failed").asInt()).as("%s", whole).isEqualTo(20);
        // The first one pays for the classes that the client's own JVM loads.
        for (String line : lines.subList(1, 20)) {
            JsonNode each = Cluster.json(line);
            assertThat(each.path("error").asString()).as("%s", lines).containsAnyOf("refused", "reset");
            assertThat(each.path("micros").asLong()).as("%s", lines).isLessThan(1_000_000);
        }
    }

    @Test
    void anEndpointThatBecomesReadyIsUsedWhereThereWasNone() {
        Target target = cluster.service(sidecar, "reborn", Cluster.HTTP);
        JsonNode before = cluster.run("connect", "--target", target.v4());
        assertThat(before.path("failed").asInt()).as("%s", before).isEqualTo(1);
        cluster.lab().services().endpoints("reborn", List.of(far));
        Cluster.awaitEndpoints(sidecar, "reborn", far);
        JsonNode after = cluster.run("connect", "--target", target.v4());
        assertThat(after.path("answers").path("far").asInt()).as("%s", after).isEqualTo(1);
    }

    /** What {@code nc -z}, wait-for scripts and probes see: a connect alone, without a byte. */
    @Test
    void aConnectAloneFailsUntilAnEndpointIsReadyAndFailsAgainWhenTheLastOneGoes() {
        Target target = refused();
        JsonNode before = connectAlone(target, 3);
        assertThat(before.path("failed").asInt()).as("%s", before).isEqualTo(3);
        assertThat(before.path("errors").toString()).contains("refused");
        long ready = System.nanoTime();
        cluster.lab().services().endpoints(target.name(), List.of(far));
        Cluster.awaitEndpoints(sidecar, target.name(), far);
        assertThat(Duration.ofNanos(System.nanoTime() - ready)).isLessThan(Duration.ofSeconds(1));
        JsonNode meanwhile = connectAlone(target, 3);
        assertThat(meanwhile.path("ok").asInt()).as("%s", meanwhile).isEqualTo(3);

        cluster.lab().services().endpoints(target.name(), List.of());
        Cluster.awaitEndpoints(sidecar, target.name());
        JsonNode after = connectAlone(target, 3);
        assertThat(after.path("failed").asInt()).as("%s", after).isEqualTo(3);
        assertThat(after.path("errors").toString()).contains("refused");
    }

    /** A Service without endpoints whose address shares its port with no other one; three of a hundred do by chance. */
    private static Target refused() {
        for (int i = 0; i < 8; i++) {
            Target target = cluster.service(sidecar, "awaited-" + i, Cluster.HTTP);
            String failure = sidecar.admin()
                    .json("/explain?target=" + target.v4())
                    .path("failure")
                    .asString();
            if (failure.startsWith("refused")) {
                return target;
            }
            assertThat(failure).contains("shares port");
        }
        throw new AssertionError("eight addresses in a row share their ports with others");
    }

    private static JsonNode connectAlone(Target target, int count) {
        return cluster.run("connect", "--target", target.v4(), "--protocol", "tcp", "--count", Integer.toString(count));
    }

    private static String service(Target target) {
        return "service=\"" + target.name() + "\"";
    }
}
