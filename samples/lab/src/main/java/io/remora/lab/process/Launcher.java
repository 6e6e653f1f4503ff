package io.remora.lab.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Starts programs on the machine itself or, given a prefix of {@code nsenter}, in namespaces. A program does not see this
 * JVM's environment: what a pod's container would not have must not make a test pass.
 */
public final class Launcher implements ProcessLauncher {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    /**
     * Waits outside of the pid namespace for the program within. Nsenter could do it, but stops itself when the program is
     * stopped, and would then never collect it; a shell says when a child dies of a signal, so its own words go nowhere.
     */
    private static final String WAIT = "exec 3>&2 2>/dev/null; (exec \"$@\" 2>&3 3>&-); exit $?";

    private static final AtomicInteger SERIAL = new AtomicInteger();

    private final String place;
    private final List<String> enter;
    private final List<String> asOwner;
    private final Path directory;

    private Launcher(String place, List<String> enter, List<String> asOwner, Path directory) {
        this.place = place;
        this.enter = List.copyOf(enter);
        this.asOwner = List.copyOf(asOwner);
        this.directory = directory;
    }

    /**
     * Starts programs on this machine, in this JVM's own namespaces. They survive a SIGKILL of this JVM.
     *
     * @param directory an existing folder for logs and temporary files; the caller removes it
     */
    public static ProcessLauncher local(Path directory) {
        return new Launcher("local", List.of(), List.of(), directory);
    }

    /**
     * Starts programs in namespaces.
     *
     * @param place names the logs
     * @param enter {@code nsenter} with its arguments; it must not fork
     * @param asOwner a prefix that makes a command of the machine root of the namespaces' user namespace; may be empty
     * @param directory an existing folder for logs and temporary files that both sides see under this name
     */
    public static ProcessLauncher entering(String place, List<String> enter, List<String> asOwner, Path directory) {
        return new Launcher(place, enter, asOwner, directory);
    }

    @Override
    public LabProcess start(ProcessSpec spec) {
        Path log = file(spec, ".log");
        ProcessBuilder builder = builder(spec, log).redirectErrorStream(true);
        return started(spec, builder, log);
    }

    @Override
    public ExecResult exec(ProcessSpec spec) {
        Path out = file(spec, ".out");
        Path err = file(spec, ".err");
        try {
            LabProcess process = started(spec, builder(spec, out).redirectError(err.toFile()), out);
            boolean timedOut = !process.endsWithin(spec.timeout());
            if (timedOut) {
                process.kill();
            }
            return new ExecResult(
                    spec.command(),
                    process.awaitExit(Duration.ZERO),
                    timedOut,
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new LabException("the output of " + spec.name() + " in " + place + " cannot be read: " + e, e);
        } finally {
            delete(out);
            delete(err);
        }
    }

    private LabProcess started(ProcessSpec spec, ProcessBuilder builder, Path log) {
        try {
            Process process = builder.start();
            return new LabProcess(
                    spec.name() + " in " + place, process, new PidFinder(process, !enter.isEmpty()), asOwner, log);
        } catch (IOException e) {
            throw new LabException("cannot start " + spec.name() + " in " + place + ": " + e.getMessage(), e);
        }
    }

    private ProcessBuilder builder(ProcessSpec spec, Path out) {
        ProcessBuilder builder = new ProcessBuilder(commandLine(spec))
                .redirectInput(stdin(spec).toFile())
                .redirectOutput(out.toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", PATH);
        environment.put("HOME", "/");
        environment.put("LANG", "C.UTF-8");
        environment.put("TMPDIR", directory.toString());
        environment.putAll(spec.environment());
        return builder;
    }

    private List<String> commandLine(ProcessSpec spec) {
        List<String> line = new ArrayList<>(enter);
        if (!enter.isEmpty()) {
            line.addAll(List.of("sh", "-c", WAIT, "sh"));
        }
        line.add("setsid");
        if (spec.noFile() > 0) {
            line.addAll(List.of("prlimit", "--nofile=" + spec.noFile() + ":" + spec.noFile()));
        }
        ProcessSpec.User user = spec.user();
        if (user != null) {
            StringBuilder kept = new StringBuilder("-all");
            user.capabilities().stream()
                    .sorted()
                    .forEach(each -> kept.append(",+").append(each));
            line.addAll(List.of(
                    "setpriv",
                    "--reuid=" + user.uid(),
                    "--regid=" + user.gid(),
                    "--clear-groups",
                    "--no-new-privs",
                    "--inh-caps=-all",
                    "--ambient-caps=-all",
                    "--bounding-set=" + kept));
        }
        line.addAll(spec.command());
        return line;
    }

    private Path stdin(ProcessSpec spec) {
        if (spec.stdin().isEmpty()) {
            return Path.of("/dev/null");
        }
        Path input = file(spec, ".in");
        try {
            return Files.writeString(input, spec.stdin());
        } catch (IOException e) {
            throw new LabException("cannot write " + input + ": " + e, e);
        }
    }

    private Path file(ProcessSpec spec, String ending) {
        String safe = spec.name().replaceAll("[^A-Za-z0-9._-]", "_");
        return directory.resolve(place + "-" + safe + "-" + SERIAL.incrementAndGet() + ending);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new LabException("cannot delete " + file + ": " + e, e);
        }
    }
}
