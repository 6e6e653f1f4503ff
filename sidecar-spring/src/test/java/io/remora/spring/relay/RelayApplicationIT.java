package io.remora.spring.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.lab.Lab;
import io.remora.lab.LabRequirements;
import io.remora.lab.Pod;
import io.remora.lab.api.AgentAccount;
import io.remora.lab.app.Apps;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An application in a pod of a lab, whose init step knows the relay's dials by their type of service: app and relay are one
 * process of one user without any capability, in a network namespace with real rules.
 */
class RelayApplicationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int USER = 1000;
    private static final int GREETING = 8081;
    private static final String ELSEWHERE = "10.96.200.200";

    @SuppressWarnings("NullAway.Init")
    private static Lab lab;

    private static String classPath = "";
    private static final List<Pod> servers = new ArrayList<>();

    @BeforeAll
    static void start() {
        LabRequirements.check();
        lab = Lab.start();
        lab.kubelet().registerNodes();
        for (String name : List.of("one", "two", "three")) {
            servers.add(server(name));
        }
        // Where an address of the range leads that no Service has.
        lab.node("node-a")
                .exec(ProcessSpec.of("ip", "addr", "add", ELSEWHERE + "/32", "dev", "lo"))
                .orThrow();
        lab.node("node-a")
                .start(Apps.app("serve", "--name", "elsewhere", "--greeting", "80"))
                .awaitLog("^serving$", PATIENCE);
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (Files.exists(Path.of(entry))) {
                entries.add(lab.publish(Path.of(entry)).toString());
            }
        }
        classPath = String.join(File.pathSeparator, entries);
    }

    @AfterAll
    static void stop() {
        if (lab != null) {
            lab.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "auto"})
    void plainSocketsAreBalancedFromTheFirstBeanOn(String refusal) throws IOException {
        // No kube-proxy here would take what is passed through: on a busy machine the first list may take its time.
        String service = service("spread-" + refusal, servers);
        try (Application app = Application.start(
                "spread-" + refusal, refusal, true, "--remora.hold=60s", "--early.address=" + service)) {
            assertThat(app.ask("early")).isIn("one", "two", "three");
            assertThat(app.ask("dial " + service + " 80 150"))
                    .matches("\\{one=[3-7].*, three=[3-7].*, two=[3-7].*} .*")
                    .doesNotContain("failed");
            assertThat(app.ask("dial " + ELSEWHERE + " 80 3")).startsWith("{elsewhere=3}");
            Awaitility.await().atMost(PATIENCE).until(() -> app.ask("active").equals("0"));
            assertThat(app.log())
                    .contains("relay listens")
                    .doesNotContain("was redirected to it", "while other thread holds singleton lock")
                    .doesNotContainPattern(" WARN .* i[a-z]*\\.r[a-z]*\\.");
        }
    }

    @Test
    void aPodThatDiesCostsNoConnectAndNeitherDoesTheApiServer() throws IOException {
        List<Pod> pods = List.of(server("a"), server("b"), server("c"));
        String service = service("dying", pods);
        try (Application app = Application.start("dying", "off", true)) {
            Awaitility.await().atMost(PATIENCE).until(() -> app.ask("synced").equals("true"));
            pods.get(0).delete(); // the slices still name it
            assertThat(app.ask("dial " + service + " 80 60"))
                    .matches("\\{b=.*, c=.*} .*")
                    .doesNotContain("failed");
            lab.controlPlane().stop();
            try {
                assertThat(app.ask("dial " + service + " 80 60"))
                        .matches("\\{b=.*, c=.*} .*")
                        .doesNotContain("failed");
            } finally {
                lab.controlPlane().start();
            }
        }
    }

    @Test
    void theWatchGoesPastTheRelayAndWaitsForTheHoldTimeOnlyWhereTheInitStepDoesNotKnowTheApiServer()
            throws IOException {
        String service = service("watched", servers);
        try (Application app = Application.start("watched", "off", true)) {
            Awaitility.await().atMost(PATIENCE).until(() -> app.ask("synced").equals("true"));
            assertThat(app.ask("active")).isEqualTo("0"); // no watch among them
        }
        try (Application app = Application.start("unknown", "off", false)) {
            Awaitility.await().atMost(PATIENCE).until(() -> app.ask("synced").equals("true"));
            assertThat(Integer.parseInt(app.ask("active"))).isPositive(); // the watch is
            assertThat(app.ask("dial " + service + " 80 30")).matches("\\{one=.*, three=.*, two=.*} .*");
        }
    }

    /** Not a bound, but figures for the documentation: the test's report has them. */
    @Test
    void figures() throws IOException {
        String service = service("figures", List.of(servers.get(0)));
        String direct = servers.get(0).ip();
        String without;
        try (Application app = Application.start("without", "none", true)) {
            Awaitility.await().atMost(PATIENCE).until(() -> app.ask("synced").equals("true"));
            without = app.ask("memory");
        }
        try (Application app = Application.start("figures", "off", true)) {
            Awaitility.await().atMost(PATIENCE).until(() -> app.ask("synced").equals("true"));
            String with = app.ask("memory");
            app.ask("dial " + direct + " " + GREETING + " 2000");
            app.ask("dial " + service + " 80 2000");
            String plain = app.ask("dial " + direct + " " + GREETING + " 2000");
            String relayed = app.ask("dial " + service + " 80 2000");
            System.out.printf(
                    "connect and greeting, median in microseconds: direct %s, relayed %s%n"
                            + "resident KiB and descriptors: without %s, with %s, after 4000 connections %s%n",
                    plain, relayed, without, with, app.ask("memory"));
            assertThat(relayed).startsWith("{one=2000}");
        }
    }

    private static Pod server(String name) {
        Pod pod = lab.addPod(name, "node-b");
        pod.start(Apps.app("serve", "--name", name, "--greeting", Integer.toString(GREETING)))
                .awaitLog("^serving$", PATIENCE);
        return pod;
    }

    private static String service(String name, List<Pod> pods) {
        String address = lab.services().create(name, 80, GREETING).getSpec().getClusterIP();
        lab.services().endpoints(name, pods);
        return address;
    }

    /** The application in a pod of its own. */
    private record Application(Pod pod, LabProcess process, InetSocketAddress control) implements AutoCloseable {

        /**
         * @param refusal of the init step and the relay; none for no relay
         * @param known whether the init step is told the API server's address, and else captures it
         */
        static Application start(String name, String refusal, boolean known, String... arguments) {
            Pod pod = lab.addPod("app-" + name, "node-a");
            boolean relay = !refusal.equals("none");
            if (relay) {
                initialize(pod, refusal, known);
            }
            List<String> command = new ArrayList<>(List.of(
                    Apps.java().toString(),
                    "-XX:+UseSerialGC",
                    "-Xmx128m",
                    "-cp",
                    classPath,
                    RelayedApplication.class.getName(),
                    "--spring.main.web-application-type=none",
                    "--spring.main.banner-mode=off",
                    "--remora.enabled=true",
                    "--remora.namespace=default",
                    "--remora.kubernetes.namespaces=*",
                    "--remora.relay.enabled=" + relay));
            command.addAll(List.of(arguments));
            ProcessSpec spec = ProcessSpec.of(command)
                    .named("app")
                    .asUser(USER, USER)
                    .noFile(20_000)
                    .env(
                            "REMORA_KUBERNETES_KUBECONFIG",
                            lab.publish(AgentAccount.create(lab.controlPlane(), "default", "remora-agent")
                                            .kubeconfig())
                                    .toString());
            if (relay) {
                spec = spec.env("REMORA_REFUSAL", refusal);
            }
            LabProcess process = pod.start(spec);
            process.awaitLog("^serving$", PATIENCE);
            return new Application(pod, process, pod.forward(RelayedApplication.CONTROL));
        }

        private static void initialize(Pod pod, String refusal, boolean known) {
            String api = lab.controlPlane().url().getHost();
            Path jar =
                    Path.of(System.getProperty("remora.init.jar", "../iptables-init/target/remora-iptables-init.jar"));
            List<String> cidrs = new ArrayList<>(lab.serviceCidrs());
            if (!known) {
                cidrs.add(api);
            }
            ProcessSpec init = ProcessSpec.of(
                            Apps.java().toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-jar",
                            lab.publish(jar).toString())
                    .named("init")
                    .asRootWith("net_admin", "net_raw")
                    .env("REMORA_CAPTURE_CIDRS", String.join(",", cidrs))
                    .env("REMORA_PROXY_DSCP", "3")
                    .env("REMORA_REFUSAL", refusal)
                    .timeout(PATIENCE);
            pod.exec(known ? init.env("KUBERNETES_SERVICE_HOST", api) : init).orThrow();
        }

        String ask(String question) throws IOException {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout((int) PATIENCE.toMillis());
                socket.connect(control, (int) PATIENCE.toMillis());
                new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8).println(question);
                return String.valueOf(
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                                .readLine());
            }
        }

        String log() {
            return process.log();
        }

        @Override
        public void close() {
            process.close();
            pod.delete();
        }
    }
}
