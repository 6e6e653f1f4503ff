package io.remora.simulation;

import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** One scenario and one strategy, over all seeds. */
record Cell(Scenario scenario, Strategy strategy, List<RunResult> runs) {

    Estimate successRate() {
        return always(RunResult::successRate);
    }

    Estimate p50Ms() {
        return always(RunResult::p50Ms);
    }

    Estimate p99Ms() {
        return always(RunResult::p99Ms);
    }

    Estimate answeredP99Ms() {
        return always(RunResult::answeredP99Ms);
    }

    Estimate meanMs() {
        return always(RunResult::meanMs);
    }

    Estimate ejections() {
        return always(RunResult::ejections);
    }

    @Nullable
    Estimate recoverySeconds() {
        return Estimate.of(runs, RunResult::recoverySeconds);
    }

    @Nullable
    Estimate failedAfterDetection() {
        return Estimate.of(runs, RunResult::failedAfterDetection);
    }

    @Nullable
    Estimate detectionSeconds() {
        return Estimate.of(runs, RunResult::detectionSeconds);
    }

    private Estimate always(ToDoubleFunction<RunResult> value) {
        return Objects.requireNonNull(Estimate.of(runs, value));
    }

    /** Part of the requests that began in that second and succeeded, over all seeds; 1 if none began. */
    double successAt(int second) {
        long good = 0;
        long all = 0;
        for (RunResult run : runs) {
            good += run.timeline().good(second);
            all += run.timeline().all(second);
        }
        return all == 0 ? 1 : (double) good / all;
    }

    /** The shares over all seeds. */
    Shares shares(Function<RunResult, Shares> which) {
        TreeMap<String, Double> groups = new TreeMap<>();
        double least = 0;
        double most = 0;
        for (RunResult run : runs) {
            Shares shares = which.apply(run);
            shares.byGroup().forEach((group, share) -> groups.merge(group, share, Double::sum));
            least += shares.least();
            most += shares.most();
        }
        groups.replaceAll((group, sum) -> sum / runs.size());
        return new Shares(groups, least / runs.size(), most / runs.size());
    }

    /** How much higher its success rate is than another strategy's, seed by seed: both got the same requests. */
    Estimate successAbove(Cell other) {
        return difference(other, RunResult::successRate);
    }

    /** How much higher its p99 is than another strategy's, seed by seed. */
    Estimate p99Above(Cell other) {
        return difference(other, RunResult::p99Ms);
    }

    private Estimate difference(Cell other, ToDoubleFunction<RunResult> value) {
        double[] differences = new double[runs.size()];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = value.applyAsDouble(runs.get(i)) - value.applyAsDouble(other.runs.get(i));
        }
        return Estimate.of(differences);
    }

    /** Whether it is better than another strategy, beyond the interval: on success, or where that is even on the p99. */
    boolean beats(Cell other) {
        Estimate success = successAbove(other);
        return success.low() > 0 || success.high() >= 0 && p99Above(other).high() < 0;
    }
}
