package io.remora.lab.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program that was started. It leads a session and process group of its own, so that a signal reaches its children too.
 * Standard output and standard error go to one log file. Thread-safe.
 */
public final class LabProcess implements AutoCloseable {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final Duration KILL_TIME = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final PidFinder pidFinder;
    private final List<String> asOwner;
    private final Path log;

    LabProcess(String name, Process process, PidFinder pidFinder, List<String> asOwner, Path log) {
        this.name = name;
        this.process = process;
        this.pidFinder = pidFinder;
        this.asOwner = List.copyOf(asOwner);
        this.log = log;
    }

    public String name() {
        return name;
    }

    /**
     * Its process id as this JVM sees it (its own pid namespace may know it by another).
     *
     * @throws LabException when it ended before its id was known
     */
    public long pid() {
        return pidFinder.pid().orElseThrow(() -> new LabException(name + " has ended already\n" + tail()));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits for its end.
     *
     * @return its exit code; 128 + n when it died of signal n
     * @throws LabException when it still runs after {@code limit}
     */
    public int awaitExit(Duration limit) {
        if (!endsWithin(limit)) {
            throw new LabException(name + " still runs after " + limit + "\n" + tail());
        }
        return process.exitValue();
    }

    /** The file that standard output and standard error go to. It outlives the process, until its lab closes. */
    public Path logFile() {
        return log;
    }

    /** All that it has written so far. */
    public String log() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new LabException("the log of " + name + " cannot be read: " + e, e);
        }
    }

    /**
     * Waits for a line of the log in which {@code regex} is found, and returns that line.
     *
     * @throws LabException with the end of the log when the process ends or {@code limit} passes without one
     */
    public String awaitLog(String regex, Duration limit) {
        Pattern pattern = Pattern.compile(regex);
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            boolean alive = process.isAlive();
            Optional<String> line =
                    log().lines().filter(each -> pattern.matcher(each).find()).findFirst();
            if (line.isPresent()) {
                return line.get();
            }
            if (!alive) {
                throw new LabException(
                        name + " ended with " + process.exitValue() + " before it logged \"" + regex + "\"\n" + tail());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LabException(name + " did not log \"" + regex + "\" within " + limit + "\n" + tail());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * Sends a signal to its process group; nothing happens when it has ended.
     *
     * @param signal a name without SIG: {@code TERM}, {@code STOP}, {@code CONT}
     */
    public void signal(String signal) {
        Optional<Long> pid = process.isAlive() ? pidFinder.pid() : Optional.empty();
        if (pid.isPresent()) {
            Commands.run(List.of("sh", "-c", "kill -s " + signal + " -- -" + pid.get()), KILL_TIME);
        }
    }

    /** Kills it (SIGKILL) and waits until it is gone. */
    public void kill() {
        signal("KILL");
        if (!endsWithin(KILL_TIME)) {
            throw new LabException(name + " did not end after SIGKILL");
        }
    }

    /**
     * Asks it to end (SIGTERM), kills it when {@code grace} has passed, and returns its exit code.
     */
    public int stop(Duration grace) {
        signal("TERM");
        if (!endsWithin(grace)) {
            kill();
        }
        return process.exitValue();
    }

    /** Resident memory (VmRSS) in bytes. */
    public long residentBytes() {
        String line = status("VmRSS:");
        return Long.parseLong(line.replace("kB", "").strip()) * 1024;
    }

    /** The value of a field of {@code /proc/PID/status}, for example {@code CapEff:}. */
    public String status(String field) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid() + "/status"))) {
            return lines.filter(line -> line.startsWith(field))
                    .map(line -> line.substring(field.length()).strip())
                    .findFirst()
                    .orElseThrow(() -> new LabException(name + " has no " + field + " in its status: is it ending?"));
        } catch (IOException e) {
            throw new LabException(name + " has no status: it ended\n" + tail(), e);
        }
    }

    /** How many file descriptors it has open. */
    public int openFiles() {
        Path folder = Path.of("/proc/" + pid() + "/fd");
        try (Stream<Path> files = Files.list(folder)) {
            return (int) files.count();
        } catch (AccessDeniedException e) {
            return openFilesAsOwner(folder);
        } catch (IOException e) {
            throw new LabException("the descriptors of " + name + " cannot be read: " + e, e);
        }
    }

    /** In a lab without root the files of uid 1337 belong to a sub-uid; root of the lab's user namespace may read them. */
    private int openFilesAsOwner(Path folder) {
        Stream<String> command = Stream.concat(asOwner.stream(), Stream.of("ls", "-U", folder.toString()));
        String out = Commands.run(command.toList(), KILL_TIME).orThrow().out();
        return (int) out.lines().count();
    }

    /** Kills it. */
    @Override
    public void close() {
        kill();
    }

    boolean endsWithin(Duration limit) {
        try {
            return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for " + name, e);
        }
    }

    /** The last lines of the log, for messages. */
    private String tail() {
        List<String> lines = log().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    @Override
    public String toString() {
        return name + (isAlive() ? " (running)" : " (ended with " + process.exitValue() + ")");
    }
}
