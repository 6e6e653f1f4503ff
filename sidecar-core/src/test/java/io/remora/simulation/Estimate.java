package io.remora.simulation;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A mean over seeds and its 95 % interval, by Student's t.
 *
 * @param mean of the seeds that have a value
 * @param margin half the width of the interval
 */
record Estimate(double mean, double margin) {

    /** Two-sided 95 % quantiles of Student's t, by degrees of freedom from 1. */
    private static final double[] T95 = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    /** Returns null if no run has a value. */
    static @Nullable Estimate of(List<RunResult> runs, ToDoubleFunction<RunResult> value) {
        double[] values = runs.stream()
                .mapToDouble(value)
                .filter(each -> !Double.isNaN(each))
                .toArray();
        return values.length == 0 ? null : of(values);
    }

    /** @throws IllegalArgumentException if there are no values, or more than 31 */
    static Estimate of(double... values) {
        int count = values.length;
        if (count == 0 || count > T95.length + 1) {
            throw new IllegalArgumentException("1-31 values: " + count);
        }
        double sum = 0;
        for (double each : values) {
            sum += each;
        }
        double mean = sum / count;
        if (count == 1) {
            return new Estimate(mean, 0);
        }
        double squares = 0;
        for (double each : values) {
            squares += (each - mean) * (each - mean);
        }
        return new Estimate(mean, T95[count - 2] * Math.sqrt(squares / (count - 1) / count));
    }

    double low() {
        return mean - margin;
    }

    double high() {
        return mean + margin;
    }

    /** Whether the whole interval is above the other's. */
    boolean isAbove(Estimate other) {
        return low() > other.high();
    }
}
