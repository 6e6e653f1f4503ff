package io.remora.lab.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** All requests of the run so far. Thread-safe. */
final class Traffic {
    private final List<Sample> samples = new ArrayList<>();
    private Kill kill = Kill.NONE;

    synchronized void add(Sample sample) {
        samples.add(sample);
    }

    /** From now on, what was in flight in that time counts as lost with the pod. */
    synchronized void killed(Kill when) {
        kill = when;
    }

    /** The requests that began at {@code fromMicros} or later. */
    synchronized Tally since(long fromMicros) {
        return Tally.of(
                samples.stream()
                        .filter(sample -> sample.startMicros() >= fromMicros)
                        .toList(),
                kill);
    }

    Tally all() {
        return since(Long.MIN_VALUE);
    }

    /** Answers of each pod that came in a span of time. */
    synchronized Map<String, Integer> answeredBetween(long fromMicros, long toMicros) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Sample sample : samples) {
            String pod = sample.pod();
            if (pod != null && sample.endMicros() >= fromMicros && sample.endMicros() < toMicros) {
                counts.merge(pod, 1, Integer::sum);
            }
        }
        return counts;
    }

    /** When a pod's first answer was there, in microseconds since 1970. */
    synchronized OptionalLong firstAnswerOf(String pod) {
        return samples.stream()
                .filter(sample -> pod.equals(sample.pod()))
                .mapToLong(Sample::endMicros)
                .min();
    }
}
