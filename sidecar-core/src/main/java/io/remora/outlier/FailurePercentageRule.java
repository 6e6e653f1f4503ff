package io.remora.outlier;

import java.util.List;
import java.util.Locale;

/** Ejects an endpoint of whose picks so many failed, whatever the others do (Envoy {@code failure_percentage_threshold}). */
final class FailurePercentageRule implements EjectionRule {

    @Override
    public HealthListener.Rule name() {
        return HealthListener.Rule.FAILURE_PERCENTAGE;
    }

    @Override
    public List<Verdict> judge(List<Tally> tallies, OutlierConfig config) {
        OutlierConfig.FailurePercentage rule = config.failurePercentage();
        List<Tally> judged = tallies.stream()
                .filter(tally -> tally.volume() >= rule.requestVolume())
                .toList();
        if (rule.threshold() == 0 || judged.size() < rule.minimumHosts()) {
            return List.of();
        }
        return judged.stream()
                .filter(tally -> tally.failureRate() >= rule.threshold())
                .sorted(WORST_FIRST)
                .map(tally -> new Verdict(tally.endpoint(), cause(tally, config)))
                .toList();
    }

    private static String cause(Tally tally, OutlierConfig config) {
        return String.format(
                Locale.ROOT,
                "%d %% of %d picks in %s failed",
                (long) tally.failureRate(),
                tally.volume(),
                Durations.text(config.interval()));
    }
}
