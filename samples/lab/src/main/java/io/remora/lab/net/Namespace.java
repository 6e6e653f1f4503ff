package io.remora.lab.net;

import io.remora.lab.process.Commands;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.Launcher;
import io.remora.lab.process.PortForwarder;
import io.remora.lab.process.ProcessLauncher;
import io.remora.lab.process.ProcessSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The namespaces (network, mount, pid, host name) that one first process holds, and what can be done in them. */
public final class Namespace implements ProcessLauncher, PortForwarder {
    private static final Duration WIRING_TIME = Duration.ofSeconds(20);

    private final String name;
    private final long pid;
    private final boolean ownUser;
    private final Path directory;
    private final ProcessLauncher launcher;
    private final Forwarder forwarder;

    /**
     * @param name names logs and messages
     * @param pid the first process, as this JVM sees it
     * @param ownUser whether the lab has a user namespace of its own (it runs without root)
     * @param directory the lab's folder
     */
    Namespace(String name, long pid, boolean ownUser, Path directory) {
        this.name = name;
        this.pid = pid;
        this.ownUser = ownUser;
        this.directory = directory;
        this.launcher = Launcher.entering(
                name,
                enter("--net", "--mount", "--uts", "--pid", "--no-fork"),
                ownUser ? enter() : List.of(),
                directory);
        this.forwarder = new Forwarder(this, directory.resolve(name + ".sock"));
    }

    public String name() {
        return name;
    }

    /** The first process, as this JVM sees it: {@code nsenter -t PID -a} enters. */
    public long pid() {
        return pid;
    }

    @Override
    public LabProcess start(ProcessSpec spec) {
        return launcher.start(spec);
    }

    @Override
    public ExecResult exec(ProcessSpec spec) {
        return launcher.exec(spec);
    }

    @Override
    public InetSocketAddress forward(InetSocketAddress inside) {
        return forwarder.forward(inside);
    }

    /** Applies lines of {@code ip -batch} to the network namespace; process ids in them are as this JVM sees them. */
    void ip(List<String> lines) {
        try {
            Path batch = Files.createTempFile(directory, name + "-", ".ip");
            Files.write(batch, lines);
            List<String> command = new ArrayList<>(enter("--net"));
            command.addAll(List.of("ip", "-batch", batch.toString()));
            ExecResult result = Commands.run(command, WIRING_TIME);
            if (!result.ok()) {
                throw new LabException(name + " cannot be wired:\n" + String.join("\n", lines) + "\n" + result.err());
            }
            Files.delete(batch);
        } catch (IOException e) {
            throw new LabException("cannot write into " + directory + ": " + e, e);
        }
    }

    /**
     * Starts the first process of a namespace within this one.
     *
     * @param script its program, one of {@link Scripts}
     */
    Seed seed(String script, String seedName, List<String> variables) {
        ProcessSpec spec = ProcessSpec.of(
                        "unshare",
                        "--net",
                        "--mount",
                        "--uts",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "--mount-proc",
                        "bash")
                .plus(directory.resolve(script).toString(), directory.toString())
                .named(seedName);
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            spec = spec.env(variable.substring(0, equals), variable.substring(equals + 1));
        }
        LabProcess process = start(spec);
        process.awaitLog("^ready$", WIRING_TIME);
        long first = ProcessHandle.of(process.pid())
                .flatMap(unshare -> unshare.children().findFirst())
                .orElseThrow(() -> new LabException(seedName + " ended at once: " + process.log()))
                .pid();
        return new Seed(process, new Namespace(seedName, first, ownUser, directory));
    }

    private List<String> enter(String... namespaces) {
        List<String> line = new ArrayList<>(List.of("nsenter", "--target", Long.toString(pid)));
        if (ownUser) {
            line.add("--user");
        }
        line.addAll(List.of(namespaces));
        line.add("--");
        return line;
    }

    /** Releases what this JVM holds open towards the namespaces: the forwarded ports. */
    public void close() {
        forwarder.close();
    }

    /**
     * A namespace's first process, and the namespaces it holds.
     *
     * @param process {@code unshare} with the first process as its child; killing it ends all in the pid namespace
     * @param namespace the namespaces
     */
    record Seed(LabProcess process, Namespace namespace) {
        void kill() {
            namespace.close();
            process.kill();
        }
    }
}
