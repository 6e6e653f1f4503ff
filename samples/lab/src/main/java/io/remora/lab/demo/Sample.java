package io.remora.lab.demo;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What became of one request on a connection of its own. The client's process writes it as a line, the demo reads it.
 *
 * @param startMicros when the connect began, in microseconds since 1970; both processes run on one machine's clock
 * @param tookMicros until the whole answer was there, or until it failed
 * @param pod who answered; null if it failed
 * @param error why it failed; null if it did not
 */
record Sample(
        long startMicros,
        long tookMicros,
        @Nullable String pod,
        @Nullable String error) {
    private static final Pattern LINE = Pattern.compile("request (\\d+) (\\d+) (answered|failed) (.+)");

    static Sample answered(long startMicros, long tookMicros, String pod) {
        return new Sample(startMicros, tookMicros, pod, null);
    }

    static Sample failed(long startMicros, long tookMicros, String error) {
        return new Sample(startMicros, tookMicros, null, error);
    }

    long endMicros() {
        return startMicros + tookMicros;
    }

    String line() {
        return "request " + startMicros + " " + tookMicros + (pod != null ? " answered " + pod : " failed " + error);
    }

    /** Empty for any other line. */
    static Optional<Sample> parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long start = Long.parseLong(matcher.group(1));
        long took = Long.parseLong(matcher.group(2));
        String rest = matcher.group(4);
        return Optional.of(
                matcher.group(3).equals("answered") ? answered(start, took, rest) : failed(start, took, rest));
    }
}
