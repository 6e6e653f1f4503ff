package io.remora.outlier;

import java.util.List;
import java.util.Locale;

/**
 * Ejects an endpoint whose success rate lies further below the mean of all than so many standard deviations (Envoy
 * {@code success_rate_stdev_factor}). The mean is that of the rates, so that a busy endpoint counts no more than another.
 */
final class SuccessRateRule implements EjectionRule {

    @Override
    public HealthListener.Rule name() {
        return HealthListener.Rule.SUCCESS_RATE;
    }

    @Override
    public List<Verdict> judge(List<Tally> tallies, OutlierConfig config) {
        OutlierConfig.SuccessRate rule = config.successRate();
        List<Tally> judged = tallies.stream()
                .filter(tally -> tally.volume() >= rule.requestVolume())
                .toList();
        if (rule.minimumHosts() == 0 || judged.isEmpty() || judged.size() < rule.minimumHosts()) {
            return List.of();
        }
        Spread spread = Spread.of(judged);
        double factor = rule.stdevFactor() / 1000.0;
        double threshold = spread.mean - factor * spread.deviation;
        return judged.stream()
                .filter(tally -> tally.successRate() < threshold)
                .sorted(WORST_FIRST)
                .map(tally -> new Verdict(tally.endpoint(), cause(tally, threshold, spread.mean, factor)))
                .toList();
    }

    private static String cause(Tally tally, double threshold, double mean, double factor) {
        return String.format(
                Locale.ROOT,
                "success rate %.1f %% below %.1f %% (mean %.1f %%, %.1f standard deviations)",
                tally.successRate(),
                threshold,
                mean,
                factor);
    }

    /** Mean and standard deviation of success rates, in percent. */
    private record Spread(double mean, double deviation) {

        static Spread of(List<Tally> tallies) {
            double sum = 0;
            for (Tally tally : tallies) {
                sum += tally.successRate();
            }
            double mean = sum / tallies.size();
            double squares = 0;
            for (Tally tally : tallies) {
                double distance = tally.successRate() - mean;
                squares += distance * distance;
            }
            return new Spread(mean, Math.sqrt(squares / tallies.size()));
        }
    }
}
