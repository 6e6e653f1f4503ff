package io.remora.netfilter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Runs a program with a deadline; one thread, because each further one costs start time. */
final class Subprocess {

    private static final long PAUSE_NANOS = 100_000;

    /**
     * How a program ended.
     *
     * @param status exit status; -1 when it was ended at the deadline
     * @param out standard output
     * @param err standard error
     */
    record Result(int status, String out, String err) {
        boolean ok() {
            return status == 0;
        }

        boolean timedOut() {
            return status == -1;
        }

        /** What the program said about its failure, in one line. */
        String complaint() {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < err.length(); i++) {
                char c = err.charAt(i);
                boolean space = c == '\n' || c == ' ';
                if (!space) {
                    text.append(c);
                } else if (text.length() > 0 && text.charAt(text.length() - 1) != ' ') {
                    text.append(' ');
                }
            }
            return text.toString().trim();
        }
    }

    private Subprocess() {}

    /**
     * Runs the command to its end or to the deadline, when it is destroyed.
     *
     * @param input its standard input; null for none
     * @throws IOException when it cannot be started
     */
    static Result run(List<String> command, @Nullable String input, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Process process = new ProcessBuilder(command).start();
        try {
            feed(process, input);
            return collect(process, deadline);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void feed(Process process, @Nullable String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            if (input != null) {
                stdin.write(input.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException endedEarly) {
            // Its exit status and its words say why; a broken pipe says nothing.
        }
    }

    private static Result collect(Process process, long deadline) throws IOException {
        InputStream stdout = process.getInputStream();
        InputStream stderr = process.getErrorStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        ByteArrayOutputStream err = new ByteArrayOutputStream(256);
        while (process.isAlive()) {
            int moved = drain(stdout, out) + drain(stderr, err);
            if (System.nanoTime() - deadline >= 0) {
                return new Result(-1, text(out), text(err));
            }
            if (moved == 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        stdout.transferTo(out);
        stderr.transferTo(err);
        return new Result(process.exitValue(), text(out), text(err));
    }

    private static int drain(InputStream from, ByteArrayOutputStream to) throws IOException {
        int available = from.available();
        if (available <= 0) {
            return 0;
        }
        byte[] bytes = new byte[available];
        int read = from.read(bytes);
        if (read > 0) {
            to.write(bytes, 0, read);
        }
        return Math.max(0, read);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
