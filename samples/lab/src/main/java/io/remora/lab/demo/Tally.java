package io.remora.lab.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of some requests.
 *
 * @param answers how many each pod answered
 * @param failures requests that failed
 * @param lost those of them that were in flight on a pod when it was killed; no proxy can save these
 * @param firstError why the first one failed that is not lost; empty if there is none
 * @param p50 median of the time to an answer, in microseconds; 0 without answers, as the others
 */
record Tally(Map<String, Integer> answers, int failures, int lost, String firstError, long p50, long p99, long max) {

    Tally {
        answers = Collections.unmodifiableMap(new TreeMap<>(answers));
    }

    /** Sums up samples; those that failed are lost if {@code kill} was in their time. */
    static Tally of(List<Sample> samples, Kill kill) {
        Map<String, Integer> answers = new TreeMap<>();
        List<Long> times = new ArrayList<>();
        int failures = 0;
        int lost = 0;
        String firstError = "";
        for (Sample sample : samples) {
            String pod = sample.pod();
            if (pod != null) {
                answers.merge(pod, 1, Integer::sum);
                times.add(sample.tookMicros());
                continue;
            }
            failures++;
            if (kill.explains(sample)) {
                lost++;
            } else if (firstError.isEmpty()) {
                firstError = String.valueOf(sample.error());
            }
        }
        Collections.sort(times);
        return new Tally(answers, failures, lost, firstError, at(times, 50), at(times, 99), at(times, 100));
    }

    private static long at(List<Long> sorted, int percent) {
        return sorted.isEmpty() ? 0 : sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }

    int answered() {
        return answers.values().stream().mapToInt(Integer::intValue).sum();
    }

    int answeredBy(String pod) {
        return answers.getOrDefault(pod, 0);
    }

    /** Failures that nothing excuses. */
    int failed() {
        return failures - lost;
    }
}
