package io.remora.outlier;

import io.remora.balancer.EndpointHealth.State;
import io.remora.internal.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Probes one endpoint again and again while it is eligible, each time when the last one has ended. The first comes after a
 * random part of the interval, so that the probes of many endpoints are spread over it. Thread-safe.
 */
final class EndpointProbe {

    private final EndpointRecord record;
    private final ProbeConfig config;
    private final OutlierDetector detector;
    private final HealthContext context;
    private Scheduler.@Nullable Task timer; // guarded by this
    private boolean stopped; // guarded by this
    private int failures; // in a row; guarded by this
    private int successes; // in a row; guarded by this

    EndpointProbe(EndpointRecord record, ProbeConfig config, OutlierDetector detector, HealthContext context) {
        this.record = record;
        this.config = config;
        this.detector = detector;
        this.context = context;
        next(context.draw(config.interval()));
    }

    private synchronized void next(long nanos) {
        if (!stopped) {
            timer = context.schedule(this::send, nanos);
        }
    }

    private void send() {
        if (!record.endpoint().isEligible()) {
            forget();
            next(config.interval().toNanos());
            return;
        }
        long began = context.now();
        context.prober().probe(config.kind(), record.endpoint().address(), config.path(), config.timeout(), result -> {
            next(config.interval().toNanos() - (context.now() - began));
            heard(result);
        });
    }

    private synchronized void forget() {
        failures = 0;
        successes = 0;
    }

    private void heard(Prober.Result result) {
        int row = count(result);
        // What is true now is asked again under the lock; a healthy endpoint whose probe succeeds takes none.
        if (result == Prober.Result.UNHEALTHY
                && row >= config.unhealthyThreshold()
                && record.state() != State.EJECTED) {
            detector.change(ejections -> fail(ejections, row));
        } else if (result == Prober.Result.HEALTHY
                && row >= config.healthyThreshold()
                && record.state() == State.EJECTED) {
            detector.change(this::succeed);
        }
    }

    /** Returns how many in a row ended as this one. */
    private synchronized int count(Prober.Result result) {
        return switch (result) {
            case HEALTHY -> {
                failures = 0;
                yield ++successes;
            }
            case UNHEALTHY -> {
                successes = 0;
                yield ++failures;
            }
            case UNKNOWN -> 0;
        };
    }

    private boolean fail(Ejections ejections, int row) {
        return isRunning()
                && ejections.probesFailed(
                        record,
                        row + " probes in a row failed: " + config.kind().text() + what());
    }

    private String what() {
        String path = config.kind() == ProbeConfig.Kind.HTTP ? " GET " + config.path() : " connect";
        return path + " within " + Durations.text(config.timeout());
    }

    private boolean succeed(Ejections ejections) {
        return isRunning() && ejections.probesSucceeded(record);
    }

    private synchronized boolean isRunning() {
        return !stopped;
    }

    synchronized void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
