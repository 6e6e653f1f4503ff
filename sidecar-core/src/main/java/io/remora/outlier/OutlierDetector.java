package io.remora.outlier;

import io.remora.balancer.Candidates;
import io.remora.balancer.DestinationGate;
import io.remora.balancer.DestinationHealth;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.outlier.HealthListener.Rule;
import io.remora.registry.Destination;
import io.remora.registry.DestinationId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The health of the endpoints of one Destination. It holds the record of each and what there is to decide by; how they are
 * ejected and come back is in {@link Ejections}. Where nothing else is said, called under the lock of the Destination.
 */
final class OutlierDetector implements DestinationHealth {

    private static final List<EjectionRule> RULES = List.of(new SuccessRateRule(), new FailurePercentageRule());

    private final DestinationId id;
    private final HealthContext context;
    private final DestinationHealth.Host host;
    private final Set<OutlierDetector> open;
    private final Map<EndpointState, EndpointRecord> records = new LinkedHashMap<>(); // in the order they came
    private final Ejections ejections;
    private final TrafficInterval interval;
    // Written under the lock of the Destination only.
    private volatile HealthConfig config = HealthConfig.OFF;
    private volatile boolean counting;
    private volatile int consecutiveFailures; // 0: off
    private volatile DestinationGate gate = DestinationGate.OPEN;
    private volatile boolean panic;
    private @Nullable DestinationBreaker breaker; // guarded by the lock: the gate, if it is one

    /**
     * @param open where it is while its Destination is there
     */
    OutlierDetector(DestinationId id, HealthContext context, DestinationHealth.Host host, Set<OutlierDetector> open) {
        this.id = id;
        this.context = context;
        this.host = host;
        this.open = open;
        this.ejections = new Ejections(this, context, records.values());
        this.interval = new TrafficInterval(
                context, () -> config.outlier().interval().toNanos(), () -> host.change(this::intervalIsOver));
    }

    @Override
    public void updated(Destination destination) {
        open.add(this);
        apply(context.configOf(destination.service()));
    }

    @Override
    public EndpointHealth added(EndpointState endpoint) {
        EndpointRecord record = new EndpointRecord(this, endpoint);
        records.put(endpoint, record);
        watch(record);
        return record;
    }

    private void watch(EndpointRecord record) {
        renewBreaker(record);
        renewProbe(record);
    }

    private void renewBreaker(EndpointRecord record) {
        BreakerConfig breakers = config.breaker();
        record.breaker(breakers.perEndpoint() ? context.breakers().ofEndpoint(id, record.endpoint(), breakers) : null);
    }

    private void renewProbe(EndpointRecord record) {
        ProbeConfig probes = config.probe();
        record.probe(probes.kind() == ProbeConfig.Kind.OFF ? null : new EndpointProbe(record, probes, this, context));
    }

    @Override
    public void removed(EndpointState endpoint) {
        EndpointRecord record = records.remove(endpoint);
        if (record != null) {
            record.heal(context.now());
            record.breaker(null);
            record.probe(null);
        }
    }

    @Override
    public Candidates select(List<EndpointState> eligible) {
        List<EndpointState> healthy = new ArrayList<>(eligible.size());
        List<EndpointState> trials = new ArrayList<>();
        for (EndpointState endpoint : eligible) {
            switch (endpoint.health().state()) {
                case HEALTHY -> healthy.add(endpoint);
                case TRIAL -> trials.add(endpoint);
                case EJECTED -> {}
            }
        }
        boolean tooFew =
                isPanic(healthy.size(), eligible.size(), config.outlier().panicPercent());
        if (tooFew != panic && !eligible.isEmpty()) { // where there is nobody, nobody can tell
            panic = tooFew;
            context.listener().panicked(id, tooFew);
        }
        return new Candidates(eligible, tooFew ? eligible : healthy, trials, tooFew);
    }

    /** Whether so few are usable that the ejections are not believed. Something eligible is always usable. */
    static boolean isPanic(int usable, int eligible, int panicPercent) {
        return usable == 0 && eligible > 0 || (long) usable * 100 < (long) eligible * panicPercent;
    }

    @Override
    public DestinationGate gate() {
        return gate;
    }

    @Override
    public void closed() {
        apply(HealthConfig.OFF);
        panic = false;
        open.remove(this);
    }

    /** Everything is healthy from now on. Called by any thread without a lock. */
    void turnOff() {
        host.change(() -> {
            apply(HealthConfig.OFF);
            open.remove(this);
            return true;
        });
    }

    private void apply(HealthConfig newer) {
        HealthConfig before = config;
        if (newer.equals(before)) {
            return;
        }
        config = newer;
        OutlierConfig outlier = newer.outlier();
        consecutiveFailures = outlier.enabled() ? outlier.consecutiveFailures() : 0;
        counting = outlier.enabled()
                && (outlier.successRate().minimumHosts() > 0
                        || outlier.failurePercentage().threshold() > 0);
        if (!counting) {
            interval.stop();
        }
        ejections.giveBackIf(!outlier.enabled(), null);
        if (!newer.breaker().equals(before.breaker())) {
            ejections.giveBackIf(true, Rule.BREAKER);
            records.values().forEach(this::renewBreaker);
            renewGate(newer.breaker());
        }
        if (!newer.probe().equals(before.probe())) {
            ejections.giveBackIf(true, Rule.PROBE);
            records.values().forEach(this::renewProbe);
        }
    }

    private void renewGate(BreakerConfig breakers) {
        if (breaker != null) {
            breaker.remove();
        }
        breaker = breakers.perDestination() ? context.breakers().ofDestination(id, breakers, context) : null;
        gate = breaker == null ? DestinationGate.OPEN : breaker;
    }

    private boolean intervalIsOver() {
        List<Tally> judged = new ArrayList<>(records.size());
        boolean busy = false;
        for (EndpointRecord record : records.values()) {
            Tally tally = record.takeTally();
            busy |= tally.volume() > 0;
            if (tally.volume() > 0
                    && record.state() == EndpointHealth.State.HEALTHY
                    && record.endpoint().isEligible()) {
                judged.add(tally);
            }
        }
        interval.next(busy && counting);
        boolean ejected = false;
        if (counting) {
            for (EjectionRule rule : RULES) {
                for (EjectionRule.Verdict verdict : rule.judge(judged, config.outlier())) {
                    ejected |= ejections.eject(verdict.endpoint(), rule.name(), verdict.cause());
                }
            }
        }
        return ejected;
    }

    /** Sends one probe, of the kind that is configured or a TCP connect. */
    void probeOnce(EndpointRecord record, Consumer<Prober.Result> result) {
        ProbeConfig probes = config.probe();
        ProbeConfig.Kind kind = probes.kind() == ProbeConfig.Kind.OFF ? ProbeConfig.Kind.TCP : probes.kind();
        context.prober().probe(kind, record.endpoint().address(), probes.path(), probes.timeout(), result);
    }

    boolean has(EndpointRecord record) {
        return records.get(record.endpoint()) == record;
    }

    // From here on: called by any thread without the lock.

    /** Changes the health under the lock of the Destination. The change tells whether there is a difference. */
    void change(Predicate<Ejections> change) {
        host.change(() -> change.test(ejections));
    }

    /** Whether so many are ejected that all are used. */
    boolean isPanic() {
        return panic;
    }

    HealthContext context() {
        return context;
    }

    HealthConfig config() {
        return config;
    }

    boolean isCounting() {
        return counting;
    }

    /** How many in a row eject; 0 if that rule is off. */
    int consecutiveFailures() {
        return consecutiveFailures;
    }

    /** There is traffic. */
    void touch() {
        interval.touch();
    }
}
