package io.remora.benchmark.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one event did to one client, in milliseconds.
 *
 * @param sent calls that began while it was looked at
 * @param failed those of them that failed
 * @param noticed from the event to the end of the last that failed before there was none for {@value #PAUSE_MILLIS} ms: what
 *     fails later is a trial whether all is well again; NaN without a failure
 * @param allUsed from the event until every new pod had answered; NaN without new pods, infinite if one never did
 * @param busiest the part of the answers that came from the pod that gave most
 * @param p50 latency, of the calls that began in the first {@value #WINDOW_MILLIS} ms
 * @param p99 as well
 */
record Finding(int sent, int failed, double noticed, double allUsed, double busiest, double p50, double p99) {
    /** The same for all, though some events are looked at for longer until a client has settled. */
    static final long WINDOW_MILLIS = 8_000;

    static final long PAUSE_MILLIS = 3_000;
    /** What begins so shortly before the end may be answered after it, when something else has happened. */
    private static final long MARGIN_MILLIS = 500;

    private record Call(long begin, double millis, String outcome) {
        boolean failed() {
            return outcome.startsWith("!");
        }

        double end() {
            return begin + millis;
        }
    }

    /** Reads the samples of a client, and tells of each mark. */
    static List<Finding> of(Path samples, List<Mark> marks) throws IOException {
        List<Call> calls = new ArrayList<>();
        for (String line : Files.readAllLines(samples)) {
            List<String> words = List.of(line.split("\t", -1));
            calls.add(
                    new Call(Long.parseLong(words.get(0)) / 1000, Long.parseLong(words.get(1)) / 1000.0, words.get(2)));
        }
        return marks.stream().map(mark -> of(calls, mark)).toList();
    }

    private static Finding of(List<Call> all, Mark mark) {
        List<Call> calls = all.stream()
                .filter(call -> call.begin() >= mark.begin() && call.begin() < mark.end() - MARGIN_MILLIS)
                .toList();
        List<Call> failed = calls.stream().filter(Call::failed).toList();
        double[] ends = failed.stream().mapToDouble(Call::end).sorted().toArray();
        double last = ends.length == 0 ? Double.NaN : ends[0];
        for (double end : ends) {
            if (end - last > PAUSE_MILLIS) {
                break;
            }
            last = end;
        }
        double used = mark.fresh().stream()
                .mapToDouble(name -> calls.stream()
                                .filter(call -> call.outcome().equals(name))
                                .mapToDouble(Call::end)
                                .min()
                                .orElse(Double.POSITIVE_INFINITY)
                        - mark.begin())
                .max()
                .orElse(Double.NaN);
        List<Double> latencies = calls.stream()
                .filter(call -> call.begin() < mark.begin() + WINDOW_MILLIS)
                .map(Call::millis)
                .sorted(Comparator.naturalOrder())
                .toList();
        return new Finding(
                calls.size(),
                failed.size(),
                last - mark.begin(),
                used,
                busiest(calls),
                at(latencies, 0.5),
                at(latencies, 0.99));
    }

    private static double busiest(List<Call> calls) {
        Map<String, Long> answers = calls.stream()
                .filter(call -> !call.failed())
                .collect(Collectors.groupingBy(Call::outcome, Collectors.counting()));
        long all = answers.values().stream().mapToLong(Long::longValue).sum();
        return answers.values().stream().mapToLong(Long::longValue).max().orElse(0) / (double) Math.max(1, all);
    }

    private static double at(List<Double> sorted, double quantile) {
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * quantile));
    }
}
