package io.remora.simulation;

import io.remora.outlier.HealthConfig;
import io.remora.outlier.OutlierConfig;
import io.remora.outlier.OutlierConfig.EjectionTime;
import io.remora.outlier.OutlierConfig.FailurePercentage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Varies the thresholds of ejection, one after another, around the defaults, and writes docs/simulation/thresholds.md. Not a
 * test: it is run by hand when a threshold is to be chosen, from the folder of the module.
 */
final class ThresholdSweep {

    private static final OutlierConfig BASE = OutlierConfig.DEFAULT;

    private static final List<Scenario> SCENARIOS = List.of(
            Scenarios.named("failing-after-accept"),
            Scenarios.named("failing-slow"),
            Scenarios.named("black-hole"),
            Scenarios.named("flapping"),
            Scenarios.named("zone-loss"),
            Scenarios.named("one-of-two-refusing"),
            Scenarios.named("one-of-two-resetting"),
            Scenarios.named("one-of-two-black-hole"),
            Scenarios.named("all-sick"),
            Scenarios.named("partly-failing"));

    private ThresholdSweep() {}

    /** Runs all, and writes. */
    public static void main(String[] args) throws IOException {
        StringBuilder text = new StringBuilder(Prose.of("thresholds-intro"));
        for (Map.Entry<String, Map<String, OutlierConfig>> sweep : sweeps().entrySet()) {
            text.append("\n## ").append(sweep.getKey()).append("\n\n").append(table(sweep.getValue()));
        }
        Files.writeString(Path.of("..", "docs", "simulation", "thresholds.md"), text.toString());
    }

    private static String table(Map<String, OutlierConfig> variants) {
        List<Strategy> strategies = new ArrayList<>();
        variants.forEach((name, config) -> strategies.add(Strategy.of(name, HealthConfig.DEFAULT.withOutlier(config))));
        Results results = Suite.run(SCENARIOS, scenario -> strategies);
        String[] head = new String[SCENARIOS.size() + 1];
        head[0] = "";
        for (int i = 0; i < SCENARIOS.size(); i++) {
            head[i + 1] = SCENARIOS.get(i).name();
        }
        Table table = new Table(head);
        for (Strategy strategy : strategies) {
            boolean chosen = BASE.equals(variants.get(strategy.name()));
            String[] row = new String[head.length];
            row[0] = chosen ? "**" + strategy.name() + "**" : strategy.name();
            for (int i = 0; i < SCENARIOS.size(); i++) {
                row[i + 1] = cell(results.cell(SCENARIOS.get(i), strategy));
            }
            table.row(row);
        }
        return table.markdown();
    }

    private static String cell(Cell cell) {
        Estimate recovery = cell.recoverySeconds();
        return Figures.fixed(100 * cell.successRate().mean(), 2) + " / "
                + Figures.fixed(cell.p99Ms().mean(), 0)
                + (recovery == null ? "" : " / " + Figures.fixed(recovery.mean(), 1))
                + " / " + Figures.fixed(cell.ejections().mean(), 1);
    }

    private static Map<String, Map<String, OutlierConfig>> sweeps() {
        Map<String, Map<String, OutlierConfig>> sweeps = new LinkedHashMap<>();
        sweeps.put("Consecutive failures", consecutive());
        sweeps.put("Time of ejection: base, longest", ejectionTime());
        sweeps.put("Largest part ejected and panic threshold, in percent", parts());
        sweeps.put("Failure percentage: threshold, requests in the interval, interval", percentage());
        return sweeps;
    }

    private static Map<String, OutlierConfig> consecutive() {
        Map<String, OutlierConfig> variants = new LinkedHashMap<>();
        for (int failures : new int[] {0, 2, 3, 5, 8, 12}) {
            variants.put(
                    failures == 0 ? "off" : Integer.toString(failures),
                    with(
                            failures,
                            BASE.interval(),
                            BASE.ejectionTime(),
                            BASE.maxEjectionPercent(),
                            BASE.panicPercent(),
                            BASE.failurePercentage()));
        }
        return variants;
    }

    private static Map<String, OutlierConfig> ejectionTime() {
        Map<String, OutlierConfig> variants = new LinkedHashMap<>();
        int[][] times = {{2, 300}, {5, 60}, {5, 300}, {10, 60}, {10, 300}, {20, 300}, {30, 30}, {30, 300}};
        for (int[] time : times) {
            EjectionTime ejection = new EjectionTime(
                    Duration.ofSeconds(time[0]), Duration.ofSeconds(time[1]), Duration.ofMillis(time[0] * 100L));
            variants.put(
                    time[0] + " s, " + time[1] + " s",
                    with(
                            BASE.consecutiveFailures(),
                            BASE.interval(),
                            ejection,
                            BASE.maxEjectionPercent(),
                            BASE.panicPercent(),
                            BASE.failurePercentage()));
        }
        return variants;
    }

    private static Map<String, OutlierConfig> parts() {
        Map<String, OutlierConfig> variants = new LinkedHashMap<>();
        int[][] parts = {{10, 0}, {10, 50}, {30, 50}, {50, 0}, {50, 50}, {80, 30}, {100, 0}, {100, 30}, {100, 50}};
        for (int[] part : parts) {
            variants.put(
                    part[0] + ", " + part[1],
                    with(
                            BASE.consecutiveFailures(),
                            BASE.interval(),
                            BASE.ejectionTime(),
                            part[0],
                            part[1],
                            BASE.failurePercentage()));
        }
        return variants;
    }

    private static Map<String, OutlierConfig> percentage() {
        Map<String, OutlierConfig> variants = new LinkedHashMap<>();
        int[][] settings = {
            {0, 20, 10}, {30, 20, 10}, {50, 10, 10}, {50, 20, 5}, {50, 20, 10}, {50, 20, 30}, {50, 50, 10}, {85, 50, 10}
        };
        for (int[] each : settings) {
            FailurePercentage rule =
                    new FailurePercentage(each[0], BASE.failurePercentage().minimumHosts(), each[1]);
            variants.put(
                    each[0] == 0 ? "off" : each[0] + " %, " + each[1] + ", " + each[2] + " s",
                    with(
                            BASE.consecutiveFailures(),
                            Duration.ofSeconds(each[2]),
                            BASE.ejectionTime(),
                            BASE.maxEjectionPercent(),
                            BASE.panicPercent(),
                            rule));
        }
        return variants;
    }

    private static OutlierConfig with(
            int failures, Duration interval, EjectionTime time, int most, int panic, FailurePercentage percentage) {
        return new OutlierConfig(
                true, failures, interval, time, most, panic, BASE.successRate(), percentage, BASE.comeback());
    }
}
