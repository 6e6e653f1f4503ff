package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main class of the tests in a process of its own, asked line by line. It ends when its input ends. */
final class ChildJvm implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    private ChildJvm(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts it behind shell commands, which run first and in the same process. */
    static ChildJvm start(String shell, Class<?> main, String... arguments) throws IOException {
        return start(List.of(), shell, main, arguments);
    }

    /** The same in a new network namespace, which ends with the process. */
    static ChildJvm startInNamespace(String shell, Class<?> main, String... arguments) throws IOException {
        return start(List.of("unshare", "-n"), shell, main, arguments);
    }

    /** Skips the test where a network namespace cannot be set up so, or fails it where the kernel is required. */
    static void requireNamespace(String shell) throws InterruptedException {
        boolean works;
        String said;
        try {
            Process probe = new ProcessBuilder("unshare", "-n", "sh", "-c", shell)
                    .redirectErrorStream(true)
                    .start();
            said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            works = probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            said = e.getMessage();
            works = false;
        }
        if (!Boolean.getBoolean("remora.test.require.kernel")) {
            assumeThat(works).as("redirecting in a network namespace: %s", said).isTrue();
        }
        assertThat(works).as("redirecting in a network namespace: %s", said).isTrue();
    }

    private static ChildJvm start(List<String> before, String shell, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of("sh", "-c", shell + "\nexec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:-MaxFDLimit", "-Xmx64m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ChildJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(new File("/dev/null")))
                .start());
    }

    /** The next line that it prints. */
    String read() throws IOException {
        String line = out.readLine();
        assertThat(line)
                .as("a line of the child, which is alive: %s", process.isAlive())
                .isNotNull();
        return line;
    }

    void write(String line) throws IOException {
        in.write(line);
        in.newLine();
        in.flush();
    }

    String ask(String line) throws IOException {
        write(line);
        return read();
    }

    long pid() {
        return process.pid();
    }

    ProcessHandle.Info info() {
        return process.info();
    }

    @Override
    public void close() throws IOException {
        in.close();
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        process.destroyForcibly();
    }
}
