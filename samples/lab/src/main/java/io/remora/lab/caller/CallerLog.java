package io.remora.lab.caller;

import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a client of the sample application has told so far. Times are in milliseconds since the epoch. Thread-safe. */
public final class CallerLog {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long POLL_NANOS = Duration.ofMillis(10).toNanos();

    private final LabProcess process;
    private final List<JsonNode> failures = new ArrayList<>();
    private final List<JsonNode> seconds = new ArrayList<>();
    private final Map<String, Long> firsts = new LinkedHashMap<>();
    private long read;
    private boolean started;
    private @Nullable JsonNode result;

    public CallerLog(LabProcess process) {
        this.process = process;
    }

    public LabProcess process() {
        return process;
    }

    private synchronized void read() {
        try (FileChannel file = FileChannel.open(process.logFile())) {
            ByteBuffer more = ByteBuffer.allocate((int) (file.size() - read));
            while (more.hasRemaining() && file.read(more, read + more.position()) >= 0) {}
            String text = new String(more.array(), 0, more.position(), StandardCharsets.ISO_8859_1);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            read += whole.length();
            whole.lines().filter(line -> line.startsWith("{\"at\":")).forEach(line -> take(JSON.readTree(line)));
        } catch (IOException e) {
            throw new LabException("the log of " + process + " cannot be read: " + e, e);
        }
    }

    private void take(JsonNode line) {
        if (line.has("result")) {
            result = line;
        } else if (line.has("second")) {
            seconds.add(line);
        } else if (line.has("first")) {
            firsts.put(line.path("first").asString(), line.path("at").asLong());
        } else if (line.has("failed")) {
            failures.add(line);
        } else if (line.has("started")) {
            started = true;
        }
    }

    /** Whether it has begun to count. */
    public synchronized boolean started() {
        read();
        return started;
    }

    /** Every call that failed: {@code failed} is the kind, {@code begun}, {@code at}, {@code micros}, {@code message}. */
    public synchronized List<JsonNode> failures() {
        read();
        return List.copyOf(failures);
    }

    /** Each second: {@code sent}, {@code failed}, {@code answers}, {@code latencyMicros}, {@code total}, {@code allocatedBytes}. */
    public synchronized List<JsonNode> seconds() {
        read();
        return List.copyOf(seconds);
    }

    /** When a server answered for the first time; empty when it has not. */
    public synchronized OptionalLong first(String server) {
        read();
        Long at = firsts.get(server);
        return at == null ? OptionalLong.empty() : OptionalLong.of(at);
    }

    /** All of it together; the client has ended or was asked to. */
    public synchronized JsonNode result() {
        read();
        if (result == null) {
            throw new LabException(process + " has told no result\n" + process.log());
        }
        return result;
    }

    /** Asks the client to end, and returns its result. */
    public JsonNode end(Duration limit) {
        process.signal("TERM");
        process.awaitExit(limit);
        return result();
    }

    /**
     * Waits until a condition is met, asking again and again.
     *
     * @throws LabException with the client's log when {@code limit} passes or the client ends
     */
    public void await(String what, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new LabException(process + " ended before this was so: " + what + "\n" + process.log());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LabException("not within " + limit + ": " + what + "\n" + process.log());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
