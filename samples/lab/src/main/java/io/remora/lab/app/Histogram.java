package io.remora.lab.app;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Latencies in microseconds. Not thread-safe. */
final class Histogram {
    private long[] values = new long[1024];
    private int size;

    void add(long micros) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = micros;
    }

    Map<String, Object> summary() {
        long[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("p50", at(sorted, 0.5));
        summary.put("p90", at(sorted, 0.9));
        summary.put("p99", at(sorted, 0.99));
        summary.put("max", at(sorted, 1));
        return summary;
    }

    private static long at(long[] sorted, double quantile) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, sorted.length * quantile)];
    }
}
