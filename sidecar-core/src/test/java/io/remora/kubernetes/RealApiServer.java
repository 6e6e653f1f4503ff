package io.remora.kubernetes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A real {@code kube-apiserver} with its {@code etcd} on loopback, from the folder in {@code KUBEBUILDER_ASSETS}. Its
 * processes end with {@link #close}, or when this process ends in whatever way.
 */
public final class RealApiServer implements AutoCloseable {

    private final Path programs;
    private final Path dir;
    private final int etcdPort = freePort();
    private final int peerPort = freePort();
    private final int port = freePort();
    private final List<Process> running = new ArrayList<>();
    private int generation;

    private RealApiServer(Path programs, Path dir) {
        this.programs = programs;
        this.dir = dir;
    }

    /** Starts one, or skips the test where the programs are missing. */
    public static RealApiServer start(Path dir) throws Exception {
        String assets = System.getenv("KUBEBUILDER_ASSETS");
        boolean there = assets != null && Files.isExecutable(Path.of(assets, "kube-apiserver"));
        if (!there && Boolean.getBoolean("remora.test.require.apiserver")) {
            throw new AssertionError("KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd: " + assets);
        }
        assumeTrue(there, "KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd");
        RealApiServer server = new RealApiServer(Path.of(String.valueOf(assets)), dir);
        Files.writeString(
                dir.resolve("tokens.csv"), "admin-token,admin,admin,system:masters\nagent-token,agent,agent\n");
        KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
        keys.initialize(2048);
        Files.writeString(
                dir.resolve("sa.key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(
                                        keys.generateKeyPair().getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        server.kubeconfig(server.port);
        server.up();
        return server;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Writes a kubeconfig that reaches the server through a port of loopback. */
    public Path kubeconfig(int through) throws IOException {
        return kubeconfig("kubeconfig-" + through, through, "admin-token");
    }

    /** Writes a kubeconfig of the user {@code agent}, who has no right but what the test grants. */
    Path agentKubeconfig(int through) throws IOException {
        return kubeconfig("agent-" + through, through, "agent-token");
    }

    private Path kubeconfig(String name, int through, String token) throws IOException {
        return Files.writeString(dir.resolve(name), """
                apiVersion: v1
                kind: Config
                current-context: lab
                contexts: [{name: lab, context: {cluster: lab, user: admin}}]
                clusters: [{name: lab, cluster: {server: "https://127.0.0.1:%d", insecure-skip-tls-verify: true}}]
                users: [{name: admin, user: {token: %s}}]
                """.formatted(through, token));
    }

    /** Starts the processes, with the state of before. */
    void up() throws Exception {
        String etcd = "http://127.0.0.1:" + etcdPort;
        String peer = "http://127.0.0.1:" + peerPort;
        run(
                "etcd",
                "--data-dir=" + dir.resolve("etcd-" + generation),
                "--unsafe-no-fsync",
                "--listen-client-urls=" + etcd,
                "--advertise-client-urls=" + etcd,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer);
        run(
                "kube-apiserver",
                "--etcd-servers=" + etcd,
                "--cert-dir=" + dir.resolve("certs"),
                "--secure-port=" + port,
                "--bind-address=127.0.0.1",
                "--service-cluster-ip-range=10.96.0.0/16,fd00:96::/108",
                "--token-auth-file=" + dir.resolve("tokens.csv"),
                "--authorization-mode=RBAC",
                "--service-account-key-file=" + dir.resolve("sa.key"),
                "--service-account-signing-key-file=" + dir.resolve("sa.key"),
                "--service-account-issuer=https://lab",
                "--advertise-address=10.0.0.1",
                "--allow-privileged=true");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> tryKubectl("get", "--raw", "/readyz") != null);
    }

    /** Ends the processes at once. */
    void down() {
        for (Process process : running) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
        running.clear();
    }

    /** Forgets all state; the resource versions begin anew. */
    void forget() {
        generation++;
    }

    private void run(String program, String... arguments) throws IOException {
        // The shell waits for the end of its input, which comes when we are gone, and ends the program then.
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "exec 3<&0; \"$@\" </dev/null 3<&- & p=$!; cat <&3 >/dev/null; kill -9 $p",
                "sh",
                programs.resolve(program).toString()));
        command.addAll(List.of(arguments));
        running.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve(program + ".log").toFile())
                .start());
    }

    /** Runs kubectl and returns its output. */
    public String kubectl(String... arguments) throws Exception {
        String output = tryKubectl(arguments);
        if (output == null) {
            throw new IllegalStateException("kubectl failed: " + List.of(arguments));
        }
        return output;
    }

    /** Runs kubectl and returns its output; null if it fails. */
    public @Nullable String tryKubectl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(programs.resolve("kubectl").toString(), "--kubeconfig=" + dir.resolve("kubeconfig-" + port)));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        dir.resolve("kubectl.log").toFile()))
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? output : null;
    }

    /** Applies objects given as YAML or JSON. */
    public void apply(String objects) throws Exception {
        Path file = Files.writeString(Files.createTempFile(dir, "apply", ".yaml"), objects);
        kubectl("apply", "-f", file.toString());
    }

    @Override
    public void close() {
        down();
    }
}
