package io.remora.benchmark.clients;

import io.remora.benchmark.clients.Mark.Event;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Writes medians of all rounds as tables in Markdown. */
final class ResultTable {
    private ResultTable() {}

    static String of(String protocol, Map<Variant, List<Round>> results) {
        StringBuilder text = new StringBuilder("""
                | %s | calm: p50, p99 | busiest of 3 pods | bytes a call | killed: failed | p99 | 3 to 6 pods: all used after | sick: failed | hanging: failed | p99 | rolled: failed | p99 |
                |---|---|---|---|---|---|---|---|---|---|---|---|
                """.formatted(protocol));
        results.forEach((variant, rounds) -> {
            if (variant.protocol().equals(protocol)) {
                text.append(rounds.isEmpty() ? "| " + variant.name() + " | did not run |\n" : row(variant, rounds));
            }
        });
        return text.toString();
    }

    private static String row(Variant variant, List<Round> rounds) {
        return "| "
                + String.join(
                        " | ",
                        variant.name(),
                        millis(p(rounds, Event.CALM, Finding::p50)) + ", " + p99(rounds, Event.CALM),
                        String.format(Locale.ROOT, "%.0f %%", 100 * p(rounds, Event.CALM, Finding::busiest)),
                        String.format(Locale.ROOT, "%,.0f", median(rounds, Round::bytesPerCall)),
                        failed(rounds, Event.KILLED),
                        p99(rounds, Event.KILLED),
                        used(p(rounds, Event.SCALED, Finding::allUsed)),
                        failed(rounds, Event.SICK),
                        failed(rounds, Event.HANGING),
                        p99(rounds, Event.HANGING),
                        failed(rounds, Event.ROLLED),
                        p99(rounds, Event.ROLLED))
                + " |\n";
    }

    /** How many calls failed, and until when. */
    private static String failed(List<Round> rounds, Event event) {
        double failed = p(rounds, event, Finding::failed);
        if (failed == 0) {
            return "0";
        }
        boolean never = rounds.stream()
                                .filter(round -> round.part(event).neverNoticed())
                                .count()
                        * 2
                > rounds.size();
        double last = median(
                rounds, round -> Math.max(0, zero(round.part(event).finding().noticed())));
        double watched = median(rounds, round -> round.part(event).watched());
        return String.format(Locale.ROOT, "%.0f", failed)
                + (never ? ", all the " + seconds(watched) : ", within " + seconds(last));
    }

    private static double zero(double value) {
        return Double.isNaN(value) ? 0 : value;
    }

    private static String used(double millis) {
        return Double.isInfinite(millis) ? "never" : seconds(millis);
    }

    private static String p99(List<Round> rounds, Event event) {
        return millis(p(rounds, event, Finding::p99));
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f ms" : "%.0f ms", value);
    }

    private static String seconds(double millis) {
        return String.format(Locale.ROOT, millis < 10_000 ? "%.2f s" : "%.0f s", millis / 1000);
    }

    private static double p(List<Round> rounds, Event event, ToDoubleFunction<Finding> value) {
        return median(rounds, round -> value.applyAsDouble(round.part(event).finding()));
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
        List<Double> sorted = rounds.stream().map(value::applyAsDouble).sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
