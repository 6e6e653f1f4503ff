package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.agent.ServicesView.EndpointView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The program as it is shipped. What needs redirected connections is tested in namespaces, in the relay and the lab. */
@Timeout(240)
@SuppressWarnings("AddressSelection") // addresses, no names
class AgentIT {

    private static final Path THIS_JAVA = Path.of(System.getProperty("java.home"));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder = Path.of("");

    private final List<AgentProcess> started = new ArrayList<>();
    private final int capture;
    private final int admin;

    AgentIT() throws IOException {
        capture = AgentProcess.freePort();
        admin = AgentProcess.freePort();
    }

    @BeforeEach
    void jarIsBuilt() {
        assertThat(Path.of("target", "remora.jar")).exists();
    }

    @AfterEach
    void stop() {
        started.forEach(AgentProcess::close);
    }

    /** This Java, and every other one of this machine. */
    static Stream<Path> javas() throws IOException {
        Path parent = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(parent)) {
            return Stream.of(THIS_JAVA);
        }
        try (Stream<Path> found = Files.list(parent)) {
            List<Path> others = found.filter(Predicate.not(Files::isSymbolicLink))
                    .filter(java -> Files.isExecutable(java.resolve("bin/java")))
                    .sorted()
                    .toList();
            return others.isEmpty() ? Stream.of(THIS_JAVA) : others.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("javas")
    void servesItsAdminPagesAndDrainsOnSigterm(Path java) throws Exception {
        try (FakeApiServer api = new FakeApiServer()) {
            AgentProcess agent = start(java, api.url(), Map.of("REMORA_HODL", "3s"), List.of());
            await().atMost(PATIENCE).until(() -> "ready\n".equals(page(agent, "/ready")));

            ServicesView view = Json.MAPPER.readValue(page(agent, "/services"), ServicesView.class);
            assertThat(view.destinations().get(0).endpoints())
                    .containsExactly(
                            new EndpointView(
                                    "10.244.1.3:8080",
                                    true,
                                    true,
                                    false,
                                    "zone-a",
                                    "node-1",
                                    "shop/stock-0",
                                    true,
                                    "ready",
                                    0,
                                    0,
                                    0,
                                    null,
                                    null,
                                    null,
                                    null),
                            new EndpointView(
                                    "10.244.1.4:8080",
                                    false,
                                    false,
                                    false,
                                    null,
                                    null,
                                    null,
                                    false,
                                    "not ready",
                                    0,
                                    0,
                                    0,
                                    null,
                                    null,
                                    null,
                                    null));
            assertThat(page(agent, "/metrics")).contains("remora_services 1.0", "remora_synced 1.0");
            assertThat(page(agent, "/config"))
                    .contains("{\"setting\":\"remora.capture-port\",\"value\":\"" + capture
                            + "\",\"origin\":\"--capture-port\"}");
            assertThat(agent.send("POST", admin, "/logging?level=debug").body()).contains("io.remora=debug");
            AgentProcess endpoints = run("endpoints", "stock.shop", "--admin", "http://127.0.0.1:" + admin);
            assertThat(endpoints.waitForExit()).isZero();
            assertThat(endpoints.out()).startsWith("shop/stock:http  10.96.0.20:80  1 of 2 endpoints used\n");

            agent.terminate();

            assertThat(agent.waitForExit()).isZero();
            assertThat(agent.err()).isEmpty();
            assertThat(agent.out())
                    .contains("REMORA_HODL is no setting and is ignored; did you mean REMORA_HOLD?")
                    .contains("INFO  RegistryLog  synced services=1")
                    .contains("drained");
        }
    }

    @Test
    void anApiServerThatIsAwayDelaysReadinessByTheHoldTimeOnly() throws Exception {
        AgentProcess agent = start(THIS_JAVA, "http://127.0.0.1:1", Map.of("REMORA_HOLD", "10s"), List.of());

        await().atMost(PATIENCE).until(() -> page(agent, "/ready").startsWith("starting"));
        await().atMost(PATIENCE).until(() -> page(agent, "/ready").startsWith("degraded"));

        assertThat(page(agent, "/ready"))
                .contains("the Services are not known yet")
                .contains("not connected to the API server");
        assertThat(agent.send("GET", admin, "/ready").statusCode()).isEqualTo(200);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.out())
                        .contains("cannot list services yet, trying again", "connection refused by http://127.0.0.1:1;")
                        .contains("WARN  RegistryLog  no Services from the API server within the hold time")
                        .doesNotContain("watch lost", "Exception"));
    }

    @Test
    void aPlainContainerServesOnWhateverTheSignalsUntilItIsToldToQuit() throws Exception {
        try (FakeApiServer api = new FakeApiServer()) {
            AgentProcess agent = start(THIS_JAVA, api.url(), Map.of("REMORA_SHUTDOWN_MODE", "serve"), List.of());
            await().atMost(PATIENCE).until(() -> "ready\n".equals(page(agent, "/ready")));

            agent.terminate();
            await().atMost(PATIENCE).until(() -> occurrences(agent.out(), "asked to end") == 1);
            agent.terminate();
            await().atMost(PATIENCE).until(() -> occurrences(agent.out(), "asked to end") == 2);
            assertThat(page(agent, "/ready")).isEqualTo("ready\n");
            try (Socket stillAccepted = new Socket(InetAddress.getLoopbackAddress(), capture)) {
                assertThat(stillAccepted.isConnected()).isTrue();
            }
            assertThat(agent.isAlive()).isTrue();
            agent.send("POST", admin, "/quitquitquit");

            assertThat(agent.waitForExit()).isZero();
        }
    }

    @Test
    void aPortInUseHasItsOwnExitCode() throws Exception {
        try (ServerSocket taken = new ServerSocket(capture, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(taken.isBound()).isTrue();
            AgentProcess agent = start(THIS_JAVA, "http://127.0.0.1:1", Map.of(), List.of());

            assertThat(agent.waitForExit()).isEqualTo(ExitCode.PORT_IN_USE.status());
            assertThat(agent.out())
                    .contains("port " + capture)
                    .contains("another process has the port")
                    .contains("choose another --capture-port");
        }
    }

    @Test
    void captureAddressesThatTheMachineLacksAreSaidWithTheirSetting() throws Exception {
        AgentProcess agent = run("agent", "--capture-addresses=192.0.2.1", "--api-server=http://127.0.0.1:1");

        assertThat(agent.waitForExit()).isEqualTo(ExitCode.NOT_PERMITTED.status());
        assertThat(agent.out())
                .contains("this machine has no such address. Choose other --capture-addresses")
                .doesNotContain("capture-port");
    }

    @Test
    void wrongSettingsAreAllNamedAtOnceAndAsTheyWereGiven() throws Exception {
        AgentProcess agent = run(
                Map.of(
                        "REMORA_HOLD", "soon",
                        "REMORA_POLICI", "p2c",
                        "REMORA_KUBERNETES_KUBECONFIG", folder.resolve("none").toString()),
                "agent",
                "--admin-prot=1",
                "--policy=fastest",
                "--buffer-memory");

        assertThat(agent.waitForExit()).isEqualTo(ExitCode.BAD_SETTINGS.status());
        assertThat(agent.err().lines())
                .containsExactly(
                        "The settings cannot be used:",
                        "  --admin-prot: there is no such flag; did you mean --admin-port?",
                        "  --buffer-memory: the value is missing; give --buffer-memory=VALUE",
                        "  REMORA_HOLD=soon: not valid; give a whole number and a unit, for example 250ms, 3s, 5m or"
                                + " 1h, from 0s to 1h",
                        "  --policy=fastest: not valid; give one of p2c, round-robin, random, peak-ewma, hot-cold, maglev",
                        "  REMORA_KUBERNETES_KUBECONFIG: cannot read the file " + folder.resolve("none"),
                        "Warnings:",
                        "  REMORA_POLICI is no setting and is ignored; did you mean REMORA_POLICY?",
                        "See remora agent --help.");
        assertThat(agent.out()).isEmpty();
    }

    @Test
    void withoutAnyApiServerTheWaysToNameOneAreSaid() throws Exception {
        AgentProcess agent = run(
                Map.of("HOME", folder.toString(), "KUBECONFIG", ""),
                "agent",
                "--kubernetes-service-account=" + folder.resolve("none"));

        assertThat(agent.waitForExit()).isEqualTo(ExitCode.BAD_SETTINGS.status());
        assertThat(agent.err())
                .contains("set --kubeconfig / REMORA_KUBERNETES_KUBECONFIG or --api-server /"
                        + " REMORA_KUBERNETES_API_SERVER");
    }

    @Test
    void aPodWithoutATokenIsToldWhichFilesAreMissing() throws Exception {
        Path none = folder.resolve("none");
        AgentProcess agent = run(
                Map.of("HOME", folder.toString(), "KUBECONFIG", "", "KUBERNETES_SERVICE_HOST", "10.96.0.1"),
                "agent",
                "--kubernetes-service-account=" + none);

        assertThat(agent.waitForExit()).isEqualTo(ExitCode.BAD_SETTINGS.status());
        assertThat(agent.err())
                .contains("service-account", "the token " + none.resolve("token") + " is missing")
                .contains(none.resolve("ca.crt") + " is missing")
                .contains("automountServiceAccountToken");
    }

    @Test
    void endpointsTellsAnUnknownServiceFromAnAgentThatIsNotThere() throws Exception {
        try (FakeApiServer api = new FakeApiServer()) {
            AgentProcess agent = start(THIS_JAVA, api.url(), Map.of(), List.of());
            await().atMost(PATIENCE).until(() -> "ready\n".equals(page(agent, "/ready")));

            AgentProcess unknown = run("endpoints", "stok", "--admin", "http://127.0.0.1:" + admin);
            assertThat(unknown.waitForExit()).isEqualTo(1);
            assertThat(unknown.err()).isEqualTo("no Service named 'stok'\nDid you mean shop/stock?\n");
            AgentProcess byAddress = run("endpoints", "10.96.0.20:80", "--admin", "127.0.0.1:" + admin);
            assertThat(byAddress.waitForExit()).isZero();
            assertThat(byAddress.out()).startsWith("shop/stock:http  10.96.0.20:80  1 of 2");
            AgentProcess away = run("endpoints", "--admin", "http://127.0.0.1:1");
            assertThat(away.waitForExit()).isEqualTo(2);
            assertThat(away.err()).startsWith("no agent listens at http://127.0.0.1:1");
        }
    }

    @Test
    void theVersionIsThatOfTheJar() throws Exception {
        AgentProcess version = run("--version");

        assertThat(version.waitForExit()).isZero();
        assertThat(version.out()).matches("remora \\d+\\.\\d+\\.\\S+\njava .+\n");
    }

    private AgentProcess start(Path java, String apiServer, Map<String, String> environment, List<String> more)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "agent",
                "--api-server=" + apiServer,
                "--capture-port=" + capture,
                "--capture-addresses=127.0.0.1",
                "--admin-port=" + admin));
        arguments.addAll(more);
        return start(new AgentProcess(java, newFolder(), environment, arguments));
    }

    private AgentProcess run(String... arguments) throws IOException {
        return run(Map.of(), arguments);
    }

    private AgentProcess run(Map<String, String> environment, String... arguments) throws IOException {
        return start(new AgentProcess(THIS_JAVA, newFolder(), environment, List.of(arguments)));
    }

    private AgentProcess start(AgentProcess process) {
        started.add(process);
        return process;
    }

    private Path newFolder() throws IOException {
        return Files.createTempDirectory(folder, "agent");
    }

    private static int occurrences(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    private String page(AgentProcess agent, String path) throws InterruptedException {
        try {
            HttpResponse<String> response = agent.send("GET", admin, path);
            return response.body();
        } catch (IOException e) {
            assertThat(agent.isAlive()).as("the agent runs").isTrue();
            return "";
        }
    }
}
