package io.remora.simulation;

import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.internal.VirtualClock;
import io.remora.outlier.HealthListener;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Notes what happens in one run. */
final class Recorder implements HealthListener, RequestListener {

    private final VirtualClock clock;
    private final Scenario scenario;
    private final Timeline timeline = new Timeline();
    private final int[] inTrouble;
    private final int[] afterwards;
    private long[] latencies = new long[8192];
    private long[] begun = new long[8192]; // negative: it failed
    private int count;
    private int ejections;
    private long detectedNanos = Long.MAX_VALUE;
    private long longestEjectionNanos;

    Recorder(VirtualClock clock, Scenario scenario, int mostPods) {
        this.clock = clock;
        this.scenario = scenario;
        this.inTrouble = new int[mostPods];
        this.afterwards = new int[mostPods];
    }

    @Override
    public void ended(long beganNanos, boolean success, @Nullable SimulatedEndpoint endpoint) {
        if (count == latencies.length) {
            latencies = Arrays.copyOf(latencies, count * 2);
            begun = Arrays.copyOf(begun, count * 2);
        }
        latencies[count] = success ? clock.read() - beganNanos : Run.DEADLINE_NANOS;
        begun[count] = success ? beganNanos : -1 - beganNanos;
        count++;
        timeline.add(Math.min(Scenario.LENGTH - 1, (int) (beganNanos / 1_000_000_000L)), success);
        if (endpoint != null) {
            count(beganNanos, endpoint);
            if (success) {
                endpoint.succeeded(beganNanos);
            }
        }
    }

    private void count(long beganNanos, SimulatedEndpoint endpoint) {
        double began = Seconds.of(beganNanos);
        if (began >= scenario.troubleTo()) {
            afterwards[endpoint.index()]++;
        } else if (began >= scenario.troubleFrom()) {
            inTrouble[endpoint.index()]++;
        }
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        ejections++;
        if (clock.read() >= Seconds.toNanos(scenario.troubleFrom())) {
            detectedNanos = Math.min(detectedNanos, clock.read());
        }
        longestEjectionNanos = Math.max(longestEjectionNanos, ejection.untilNanos() - ejection.sinceNanos());
    }

    RunResult result(Cluster cluster, boolean detects) {
        long from = detects ? detectedNanos : Seconds.toNanos(scenario.troubleFrom());
        long to = Seconds.toNanos(scenario.troubleTo());
        int successes = 0;
        int failedLater = 0;
        int later = 0;
        long[] ofSuccesses = new long[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            boolean failed = begun[i] < 0;
            long began = failed ? -1 - begun[i] : begun[i];
            sum += Seconds.of(latencies[i]);
            if (!failed) {
                ofSuccesses[successes++] = latencies[i];
            }
            if (began >= from && began < to) {
                later++;
                failedLater += failed ? 1 : 0;
            }
        }
        ofSuccesses = Arrays.copyOf(ofSuccesses, successes);
        long[] sorted = Arrays.copyOf(latencies, count);
        Arrays.sort(sorted);
        Arrays.sort(ofSuccesses);
        return new RunResult(
                count,
                (double) successes / count,
                millis(sorted, 50),
                millis(sorted, 99),
                millis(ofSuccesses, 99),
                1000 * sum / count,
                recovery(cluster),
                ejections,
                later == 0 ? Double.NaN : (double) failedLater / later,
                detects && from != Long.MAX_VALUE ? Seconds.of(from) - scenario.troubleFrom() : Double.NaN,
                Seconds.of(longestEjectionNanos),
                Shares.of(cluster, inTrouble),
                Shares.of(cluster, afterwards),
                timeline);
    }

    private static double millis(long[] sorted, int percent) {
        if (sorted.length == 0) {
            return Seconds.of(Run.DEADLINE_NANOS) * 1000;
        }
        int index = (int) Math.min(sorted.length - 1L, (long) sorted.length * percent / 100);
        return Seconds.of(sorted[index]) * 1000;
    }

    private static double recovery(Cluster cluster) {
        double longest = Double.NaN;
        for (SimulatedEndpoint pod : cluster.pods()) {
            double seconds = pod.recoverySeconds();
            if (!Double.isNaN(seconds) && (Double.isNaN(longest) || seconds > longest)) {
                longest = seconds;
            }
        }
        return longest;
    }
}
