package io.remora.simulation;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The results for machines. */
final class JsonReport {

    private JsonReport() {}

    static String of(Results results) {
        return results.cells().stream().map(JsonReport::object).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    private static String object(Cell cell) {
        return "  {\"scenario\": \"" + cell.scenario().name() + "\", \"policy\": \""
                + cell.strategy().name() + "\""
                + field("successRate", cell.successRate(), 6)
                + field("p50Ms", cell.p50Ms(), 1)
                + field("p99Ms", cell.p99Ms(), 1)
                + field("recoverySeconds", cell.recoverySeconds(), 2)
                + field("ejections", cell.ejections(), 2)
                + field("answeredP99Ms", cell.answeredP99Ms(), 1)
                + field("failedAfterDetection", cell.failedAfterDetection(), 6)
                + field("detectionSeconds", cell.detectionSeconds(), 2)
                + shares("sharesInTrouble", cell.shares(RunResult::inTrouble))
                + shares("sharesAfterwards", cell.shares(RunResult::afterwards))
                + "}";
    }

    private static String field(String name, @Nullable Estimate estimate, int digits) {
        String start = ",\n    \"" + name + "\": ";
        String interval = ", \"" + name + "Interval\": ";
        return estimate == null
                ? start + "null" + interval + "null"
                : start + Figures.fixed(estimate.mean(), digits) + interval + "["
                        + Figures.fixed(estimate.low(), digits) + ", " + Figures.fixed(estimate.high(), digits) + "]";
    }

    private static String shares(String name, Shares shares) {
        String groups = shares.byGroup().entrySet().stream()
                .map(group -> "\"" + group.getKey() + "\": " + Figures.fixed(group.getValue(), 5))
                .collect(Collectors.joining(", "));
        return ",\n    \"" + name + "\": {\"least\": " + Figures.fixed(shares.least(), 5) + ", \"most\": "
                + Figures.fixed(shares.most(), 5) + ", \"byGroup\": {" + groups + "}}";
    }
}
