package io.remora.netfilter;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A network namespace and a mount namespace that end with this object, or with this JVM. Its /run is its own, so that
 * the xtables lock is, too.
 */
final class TestNamespace implements AutoCloseable {

    static final Path JAR = Path.of("target", "remora-iptables-init.jar").toAbsolutePath();

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process holder;
    private final List<Process> started = new ArrayList<>();

    private TestNamespace(Process holder) {
        this.holder = holder;
    }

    /** An empty namespace with its loopback up. */
    static TestNamespace create() {
        // cat ends at the end of its input: with this JVM at the latest, however it ends.
        TestNamespace namespace = new TestNamespace(spawn(List.of(
                "unshare",
                "--net",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs tmpfs /run && ip link set lo up && echo ready && exec cat")));
        namespace.awaitReady(namespace.holder);
        return namespace;
    }

    /** A pod with addresses and a default route over a link to a second namespace, the world. */
    static TestNamespace podOf(TestNamespace world) {
        TestNamespace pod = create();
        world.output("ip link add eth0 type veth peer name eth0 netns " + pod.holder.pid()
                + " && ip addr add 10.0.0.1/24 dev eth0 && ip addr add fd01::1/64 dev eth0 nodad"
                + " && ip link set eth0 up");
        pod.output("ip addr add 10.0.0.5/24 dev eth0 && ip addr add fd01::5/64 dev eth0 nodad && ip link set eth0 up"
                + " && ip route add default via 10.0.0.1 && ip -6 route add default via fd01::1");
        return pod;
    }

    /** Runs a script here, as root. */
    Subprocess.Result shell(String script) {
        try {
            return Subprocess.run(enter(List.of("bash", "-c", script)), null, PATIENCE);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Runs a script here and returns its output; fails if the script does. */
    String output(String script) {
        Subprocess.Result result = shell(script);
        if (!result.ok()) {
            throw new AssertionError(script + ": status " + result.status() + "\n" + result.out() + result.err());
        }
        return result.out();
    }

    /** Runs the program here, from its jar. */
    Ended init(String... args) {
        return initBy("", args);
    }

    /** Runs the program here by way of another one, such as setpriv. */
    Ended initBy(String wrapper, String... args) {
        return new Ended(shell(wrapper + " " + command(args)));
    }

    /** The shell's words for running the program from its jar; with the rules of iptables, unless told otherwise. */
    String command(String... args) {
        StringBuilder command = new StringBuilder(java()).append(" -jar ").append(JAR);
        if (!List.of(args).contains("--refusal") && !List.of(args).contains("--cleanup")) {
            command.append(" --refusal off");
        }
        for (String arg : args) {
            command.append(" '").append(arg).append('\'');
        }
        return command.toString();
    }

    /** Starts a {@link TestPeer} here and waits until it is ready. */
    void peer(String mode, String address, int port, String word) {
        Process process = spawn(enter(List.of(
                java(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                "target/test-classes",
                TestPeer.class.getName(),
                mode,
                address,
                Integer.toString(port),
                word)));
        started.add(process);
        awaitReady(process);
    }

    /** The first line that the other side sends, or "nothing". */
    String dial(String wrapper, String network, String address, int port) {
        String script = "exec 3<>/dev/" + network + "/" + address + "/" + port + " && echo hello >&3 && head -n 1 <&3";
        Subprocess.Result result = shell("timeout 2 " + wrapper + " bash -c '" + script + "'");
        return result.out().isBlank() ? "nothing" : result.out().trim();
    }

    /** All rules of both backends and families, without counters and dates. */
    String rules() {
        StringBuilder text = new StringBuilder();
        for (String program : List.of("iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy")) {
            text.append(program).append('\n').append(rules(program));
        }
        return text.toString();
    }

    /** All rules of one program without counters and dates; a table without rules is as good as none. */
    String rules(String program) {
        return output(program
                + "-save | grep -v '^#' | sed 's/ \\[.*\\]$//' | grep -v -E '^(:[A-Z]+ ACCEPT|\\*|COMMIT)' || true");
    }

    @Override
    public void close() {
        for (Process process : started) {
            end(process);
        }
        end(holder);
    }

    private List<String> enter(List<String> command) {
        List<String> all = new ArrayList<>(List.of(
                "nsenter",
                "--target",
                Long.toString(holder.pid()),
                "--net",
                "--mount",
                "--wd=" + Path.of("").toAbsolutePath(),
                "--"));
        all.addAll(command);
        return all;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Process spawn(List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void awaitReady(Process process) {
        try {
            String line = java.util.concurrent.CompletableFuture.supplyAsync(() -> firstLine(process))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (!"ready".equals(line)) {
                throw new IllegalStateException("expected ready: " + line);
            }
        } catch (InterruptedException | ExecutionException | TimeoutException | IllegalStateException failure) {
            close();
            throw new AssertionError("no helper process in the namespace", failure);
        }
    }

    private static String firstLine(Process process) {
        try {
            return String.valueOf(
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void end(Process process) {
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the jar is there: it is in a build, maybe not in an IDE. */
    static boolean isPackaged() {
        return Files.exists(JAR);
    }

    /**
     * How the program ended.
     *
     * @param result status and output
     */
    record Ended(Subprocess.Result result) {
        Ended expect(ExitCode code) {
            if (result.status() != code.status()) {
                throw new AssertionError("expected " + code + " (" + code.status() + ") but got status "
                        + result.status() + "\n" + result.out() + result.err());
            }
            return this;
        }

        String out() {
            return result.out();
        }

        String err() {
            return result.err();
        }
    }
}
