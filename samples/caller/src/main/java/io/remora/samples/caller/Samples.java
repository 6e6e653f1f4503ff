package io.remora.samples.caller;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What became of every call, in the order of their ends. Thread-safe. */
final class Samples {
    private long[] begins = new long[4096];
    private int[] latencies = new int[4096];
    private short[] outcomes = new short[4096];
    private int size;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Short> numbers = new HashMap<>();

    /**
     * Adds a call.
     *
     * @param beginMicros since the epoch, when it should have begun
     * @param latencyMicros from then to its end
     * @param outcome the server that answered, or {@code !} and the kind of failure
     * @return whether it is the first of this outcome
     */
    synchronized boolean add(long beginMicros, long latencyMicros, String outcome) {
        if (size == begins.length) {
            begins = Arrays.copyOf(begins, size * 2);
            latencies = Arrays.copyOf(latencies, size * 2);
            outcomes = Arrays.copyOf(outcomes, size * 2);
        }
        Short known = numbers.get(outcome);
        short number = known == null ? (short) names.size() : known;
        if (known == null) {
            names.add(outcome);
            numbers.put(outcome, number);
        }
        begins[size] = beginMicros;
        latencies[size] = (int) Math.min(latencyMicros, Integer.MAX_VALUE);
        outcomes[size++] = number;
        return known == null;
    }

    synchronized int size() {
        return size;
    }

    /** What the calls from one number on, to another, were like. */
    synchronized Map<String, Object> summary(int from, int to) {
        Map<String, Integer> answers = new LinkedHashMap<>();
        Map<String, Integer> errors = new LinkedHashMap<>();
        for (int i = from; i < to; i++) {
            String name = names.get(outcomes[i]);
            if (name.startsWith("!")) {
                errors.merge(name.substring(1), 1, Integer::sum);
            } else {
                answers.merge(name, 1, Integer::sum);
            }
        }
        int[] sorted = Arrays.copyOfRange(latencies, from, to);
        Arrays.sort(sorted);
        Map<String, Object> summary = new LinkedHashMap<>();
        int failed = errors.values().stream().mapToInt(Integer::intValue).sum();
        summary.put("sent", to - from);
        summary.put("ok", to - from - failed);
        summary.put("failed", failed);
        summary.put("answers", answers);
        summary.put("errors", errors);
        summary.put("latencyMicros", Map.of("p50", at(sorted, 0.5), "p99", at(sorted, 0.99), "max", at(sorted, 1)));
        return summary;
    }

    private static int at(int[] sorted, double quantile) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, sorted.length * quantile)];
    }

    /** Writes a line for each call: begin in microseconds since the epoch, latency in microseconds, outcome; with tabs. */
    synchronized void write(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < size; i++) {
                out.write(begins[i] + "\t" + latencies[i] + "\t" + names.get(outcomes[i]) + "\n");
            }
        }
    }
}
