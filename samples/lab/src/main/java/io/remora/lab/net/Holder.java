package io.remora.lab.net;

import io.remora.lab.process.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that holds a lab, and its folder. Its standard input is a pipe from this JVM: when the JVM dies, whatever
 * way, the pipe ends, the first process of the lab's pid namespace ends, the kernel kills all the others, and a shell
 * outside of it removes the folder.
 */
final class Holder implements AutoCloseable {
    private static final Duration START_TIME = Duration.ofSeconds(20);
    private static final Duration END_TIME = Duration.ofSeconds(20);
    private static final String REMOVE_AFTER = "\"$@\"; result=$?; rm -rf -- \"$LAB_DIRECTORY\"; exit $result";
    private static final String REMOVE_AFTER_AS_OWNER = "\"$@\"; result=$?;"
            + " unshare --user --map-root-user --map-auto rm -rf -- \"$LAB_DIRECTORY\"; exit $result";

    private final Process process;
    private final Path directory;
    private final Namespace root;

    private Holder(Process process, Path directory, Namespace root) {
        this.process = process;
        this.directory = directory;
        this.root = root;
    }

    static Holder start(boolean ipv6) {
        boolean ownUser = !Privileges.isRoot();
        try {
            Path directory = Files.createTempDirectory("remora-lab-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Scripts.unpack(directory);
            return start(ipv6, ownUser, directory);
        } catch (IOException e) {
            throw new LabException("the lab cannot be started: " + e, e);
        }
    }

    private static Holder start(boolean ipv6, boolean ownUser, Path directory) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("setsid", "sh", "-c", ownUser ? REMOVE_AFTER_AS_OWNER : REMOVE_AFTER, "remora-lab", "unshare"));
        if (ownUser) {
            command.addAll(List.of("--user", "--map-root-user", "--map-auto"));
        }
        command.addAll(List.of("--net", "--mount", "--pid", "--uts", "--fork", "--kill-child", "--mount-proc", "bash"));
        command.addAll(List.of(directory.resolve(Scripts.LAB).toString(), directory.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("IPV6", ipv6 ? "1" : "0");
        builder.environment().put("LAB_DIRECTORY", directory.toString());
        Process process = builder.start();
        try {
            awaitReady(process);
            long pid = process.children()
                    .flatMap(ProcessHandle::children)
                    .findFirst()
                    .orElseThrow(() -> new LabException("the lab's first process ended at once"))
                    .pid();
            return new Holder(process, directory, new Namespace("lab", pid, ownUser, directory));
        } catch (RuntimeException e) {
            end(process);
            throw e;
        }
    }

    private static void awaitReady(Process process) throws IOException {
        long deadline = System.nanoTime() + START_TIME.toNanos();
        StringBuilder said = new StringBuilder();
        InputStream output = process.getInputStream();
        while (System.nanoTime() - deadline < 0) {
            boolean alive = process.isAlive();
            said.append(new String(output.readNBytes(output.available()), StandardCharsets.UTF_8));
            if (said.toString().lines().anyMatch("ready"::equals)) {
                return;
            }
            if (!alive) {
                break;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        throw new LabException(
                "the lab's namespaces cannot be set up: " + said.toString().strip());
    }

    Path directory() {
        return directory;
    }

    /** The machine in the lab's middle. */
    Namespace root() {
        return root;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends every process of the lab and removes its folder. */
    @Override
    public void close() {
        root.close();
        end(process);
    }

    private static void end(Process process) {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(END_TIME.toNanos(), TimeUnit.NANOSECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                throw new LabException("the lab did not end within " + END_TIME + " and was killed");
            }
        } catch (IOException e) {
            throw new LabException("the lab cannot be ended: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while the lab was ending; it ends by itself", e);
        }
    }
}
