package io.remora.logging;

import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.discovery.ServiceId;
import io.remora.internal.Moments;
import io.remora.outlier.HealthListener;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line for each endpoint that is ejected or comes back, and for panic; {@value #LINES} lines a minute for one Service at
 * the most, and the next one says how many were left out. Thread-safe.
 */
public final class HealthLog implements HealthListener, RegistryListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(HealthLog.class);
    private static final int LINES = 20;
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final Moments moments;
    private final boolean detailed;
    private final Map<ServiceId, Allowance> allowances = new ConcurrentHashMap<>(); // of Services that had lines

    /** @param moments of the clock that the balancers are made with */
    public HealthLog(Moments moments) {
        this(moments, false);
    }

    /**
     * As {@link #HealthLog(Moments)}.
     *
     * @param detailed whether messages have the details too, since nobody knows whether key-value pairs are shown
     */
    public HealthLog(Moments moments, boolean detailed) {
        this.moments = moments;
        this.detailed = detailed;
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        LoggingEventBuilder line = line(Level.WARN, endpoint.destination());
        if (line != null) {
            LoggingEventBuilder told = about(line, endpoint)
                    .addKeyValue("rule", rule.label())
                    .addKeyValue("cause", ejection.cause())
                    .addKeyValue("times", ejection.times());
            if (!ejection.byProbe()) {
                told = told.addKeyValue("for", rounded(ejection.untilNanos() - ejection.sinceNanos()))
                        .addKeyValue("until", moments.at(ejection.untilNanos()));
            }
            told.log("endpoint ejected");
        }
    }

    @Override
    public void returned(EndpointState endpoint, Ejection last) {
        LoggingEventBuilder line = line(Level.INFO, endpoint.destination());
        if (line != null) {
            about(line, endpoint)
                    .addKeyValue(
                            "after", rounded(moments.since(last.sinceNanos()).toNanos()))
                    .log("endpoint is back");
        }
    }

    @Override
    public void panicked(DestinationId destination, boolean panic) {
        say(
                destination,
                panic,
                panic
                        ? "so many endpoints are ejected that all are used"
                        : "enough endpoints are healthy again: ejected ones are not used any more");
    }

    @Override
    public void shut(DestinationId destination, boolean shut) {
        say(
                destination,
                shut,
                shut
                        ? "the circuit breaker opened: connections are reset at once"
                        : "the circuit breaker closed: connections are let in again");
    }

    private void say(DestinationId destination, boolean bad, String what) {
        LoggingEventBuilder line = line(bad ? Level.WARN : Level.INFO, destination);
        if (line != null) {
            line.log(what);
        }
    }

    private @Nullable LoggingEventBuilder line(Level level, DestinationId destination) {
        int leftOut = allowances
                .computeIfAbsent(destination.service(), service -> new Allowance())
                .take(moments.now());
        if (leftOut < 0) {
            return null;
        }
        LoggingEventBuilder line =
                DetailedLine.of(LOGGER.atLevel(level), detailed).addKeyValue("service", destination);
        return leftOut == 0 ? line : line.addKeyValue("linesLeftOut", leftOut);
    }

    private static LoggingEventBuilder about(LoggingEventBuilder line, EndpointState endpoint) {
        TargetRef target = endpoint.endpoint().target();
        LoggingEventBuilder named = line.addKeyValue("endpoint", endpoint.endpoint());
        return target == null ? named : named.addKeyValue("pod", target.namespace() + "/" + target.name());
    }

    private static Duration rounded(long nanos) {
        return Duration.ofMillis(nanos / 1_000_000);
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        for (ServiceChange change : changes) {
            if (change.before() != null && change.after() == null) {
                allowances.remove(change.before().service().id());
            }
        }
    }

    /** The lines of one Service. */
    private static final class Allowance {

        private long periodStart;
        private int written;
        private int leftOut;

        /** Returns how many lines were left out before this one; -1 if this one is left out too. */
        synchronized int take(long now) {
            if (written == 0 || now - periodStart >= PERIOD.toNanos()) {
                periodStart = now;
                written = 0;
            }
            if (written == LINES) {
                leftOut++;
                return -1;
            }
            written++;
            int before = leftOut;
            leftOut = 0;
            return before;
        }
    }
}
