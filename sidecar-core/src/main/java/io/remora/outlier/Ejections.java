package io.remora.outlier;

import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointHealth.State;
import io.remora.balancer.Outcome;
import io.remora.outlier.HealthListener.Rule;
import io.remora.outlier.OutlierConfig.Comeback;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Ejects the endpoints of one Destination and lets them come back: healthy, ejected, on trial, and healthy or ejected again.
 * Everything here is called under the lock of the Destination. What returns a boolean tells whether the state of an endpoint
 * is another one now.
 */
final class Ejections {

    /** After a probe that says nothing, the next. */
    private static final Duration PROBE_AGAIN = Duration.ofSeconds(1);

    private final OutlierDetector detector;
    private final HealthContext context;
    private final Collection<EndpointRecord> records;

    Ejections(OutlierDetector detector, HealthContext context, Collection<EndpointRecord> records) {
        this.detector = detector;
        this.context = context;
        this.records = records;
    }

    boolean failedInRow(EndpointRecord record, int failures, Outcome last) {
        return record.state() == State.HEALTHY
                && eject(
                        record,
                        Rule.CONSECUTIVE_FAILURES,
                        failures + (failures == 1 ? " failure: " : " consecutive failures, the last: ") + words(last));
    }

    boolean breakerOpened(EndpointRecord record) {
        EndpointBreaker breaker = record.breaker();
        if (record.state() != State.HEALTHY || breaker == null || !breaker.isOpen()) {
            return false;
        }
        boolean ejected = eject(record, Rule.BREAKER, breaker.cause());
        if (!ejected) {
            breaker.close(); // or it would stay open, and nobody would ask it again
        }
        return ejected;
    }

    /** Ejects a healthy endpoint, if there is room. */
    boolean eject(EndpointRecord record, Rule rule, String cause) {
        record.forgetRow();
        if (!isPresent(record) || !record.endpoint().isEligible() || record.state() != State.HEALTHY) {
            return false;
        }
        if (!hasRoom()) {
            context.listener().overflowed(record.endpoint(), rule);
            return false;
        }
        int before = EjectionTimes.decayed(
                record.times(),
                context.now() - record.healthySinceNanos(),
                detector.config().outlier().ejectionTime());
        return start(record, rule, rule, cause, before + 1);
    }

    /** At least one may be ejected where there are two: else the sick one of two would get half of all. */
    private boolean hasRoom() {
        int eligible = 0;
        int ejected = 0;
        for (EndpointRecord record : records) {
            if (record.endpoint().isEligible()) {
                eligible++;
                ejected += record.state() == State.HEALTHY ? 0 : 1;
            }
        }
        return ejected < allowed(eligible, detector.config().outlier().maxEjectionPercent());
    }

    /** Returns how many of so many eligible endpoints may be ejected at a time. */
    static int allowed(int eligible, int maxPercent) {
        return eligible < 2 ? 0 : (int) Math.max(1, (long) eligible * maxPercent / 100);
    }

    /**
     * @param rule by which it is ejected, all in all
     * @param told by which it is ejected this time
     */
    private boolean start(EndpointRecord record, Rule rule, Rule told, String cause, int times) {
        long now = context.now();
        Ejection ejection = new Ejection(cause, now, now + nanos(rule, times), times, rule == Rule.PROBE);
        record.eject(rule, ejection);
        if (rule != Rule.PROBE) {
            await(record, ejection, ejection.untilNanos() - now);
        }
        context.listener().ejected(record.endpoint(), told, ejection);
        return true;
    }

    private long nanos(Rule rule, int times) {
        HealthConfig config = detector.config();
        return switch (rule) {
            case BREAKER -> config.breaker().waitInOpen().toNanos();
            case PROBE -> config.probe().interval().toNanos() * config.probe().healthyThreshold();
            case CONSECUTIVE_FAILURES, SUCCESS_RATE, FAILURE_PERCENTAGE, TRIAL -> {
                OutlierConfig.EjectionTime time = config.outlier().ejectionTime();
                yield EjectionTimes.nanos(times, time) + context.draw(time.jitter());
            }
        };
    }

    private void await(EndpointRecord record, Ejection ejection, long nanos) {
        record.timer(
                context.schedule(() -> detector.change(ejections -> ejections.timeIsOver(record, ejection)), nanos));
    }

    private boolean timeIsOver(EndpointRecord record, Ejection ejection) {
        if (!isEjected(record, ejection)) {
            return false;
        }
        if (detector.config().outlier().comeback() == Comeback.PROBE && record.rule() != Rule.BREAKER) {
            probe(record, ejection);
            return false;
        }
        EndpointBreaker breaker = record.breaker();
        if (breaker != null && breaker.isOpen()) {
            breaker.halfOpen();
        }
        record.startTrial();
        return true;
    }

    private void probe(EndpointRecord record, Ejection ejection) {
        detector.probeOnce(
                record, result -> detector.change(ejections -> ejections.probeEnded(record, ejection, result)));
    }

    private boolean probeEnded(EndpointRecord record, Ejection ejection, Prober.Result result) {
        if (!isEjected(record, ejection)) {
            return false;
        }
        return switch (result) {
            case HEALTHY -> giveBack(record);
            case UNHEALTHY -> again(record, Rule.TRIAL, "the probe after its ejection failed");
            case UNKNOWN -> {
                await(record, ejection, PROBE_AGAIN.toNanos());
                yield false;
            }
        };
    }

    private boolean isEjected(EndpointRecord record, Ejection ejection) {
        return record.state() == State.EJECTED && ejection.equals(record.ejection()) && isPresent(record);
    }

    boolean trialSucceeded(EndpointRecord record) {
        EndpointBreaker breaker = record.breaker();
        if (record.state() != State.TRIAL) {
            return false;
        }
        if (breaker == null || breaker.isClosed()) {
            return giveBack(record);
        }
        return breaker.isOpen() && again(record, Rule.BREAKER, breaker.cause());
    }

    /** An ejected endpoint was used for want of others, and served. Its breaker or its probes would have to agree. */
    boolean servedInPanic(EndpointRecord record) {
        return record.state() == State.EJECTED
                && !record.isEjectedByOthers()
                && detector.isPanic()
                && isPresent(record)
                && giveBack(record);
    }

    boolean trialFailed(EndpointRecord record, Outcome outcome) {
        EndpointBreaker breaker = record.breaker();
        if (record.state() != State.TRIAL) {
            return false;
        }
        if (breaker == null || record.rule() != Rule.BREAKER) {
            return again(record, Rule.TRIAL, "the trial after its ejection failed: " + words(outcome));
        }
        if (breaker.isOpen()) {
            return again(record, Rule.BREAKER, breaker.cause());
        }
        return breaker.isClosed() && giveBack(record);
    }

    private boolean again(EndpointRecord record, Rule told, String cause) {
        return start(record, ruleOf(record), told, cause, record.times() + 1);
    }

    private static Rule ruleOf(EndpointRecord record) {
        Rule rule = record.rule();
        return rule == null ? Rule.TRIAL : rule;
    }

    boolean probesFailed(EndpointRecord record, String cause) {
        return record.state() == State.TRIAL && isPresent(record)
                ? start(record, Rule.PROBE, Rule.PROBE, cause, record.times() + 1)
                : eject(record, Rule.PROBE, cause);
    }

    boolean probesSucceeded(EndpointRecord record) {
        return record.rule() == Rule.PROBE && giveBack(record);
    }

    /** Gives back those that are ejected by a rule that is off now. */
    void giveBackIf(boolean off, @Nullable Rule only) {
        for (EndpointRecord record : records) {
            Rule rule = record.rule();
            boolean traffic = rule != Rule.BREAKER && rule != Rule.PROBE;
            if (off && rule != null && (only == null ? traffic : rule == only)) {
                giveBack(record);
            }
        }
    }

    private boolean giveBack(EndpointRecord record) {
        Ejection last = record.ejection();
        record.heal(context.now());
        EndpointBreaker breaker = record.breaker();
        if (breaker != null && !breaker.isClosed()) {
            breaker.close();
        }
        if (last != null) {
            context.listener().returned(record.endpoint(), last);
        }
        return true;
    }

    /** An endpoint is gone: picks of it that still end change nothing. */
    private boolean isPresent(EndpointRecord record) {
        return detector.has(record);
    }

    private static String words(Outcome outcome) {
        return switch (outcome) {
            case REFUSED -> "refused";
            case TIMEOUT -> "timeout";
            case SLOW -> "slow to connect";
            case UNREACHABLE -> "unreachable";
            case RESET -> "reset";
            case SERVER_ERROR -> "server error";
            case SUCCESS, CANCELLED, LOCAL_ERROR -> outcome.label();
        };
    }
}
