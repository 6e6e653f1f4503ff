package io.remora.balancer;

import io.remora.discovery.Endpoint;
import io.remora.internal.Ticker;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistrySnapshot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a balancer knows of one endpoint of one Destination. It outlives updates of the Service as long as the endpoint
 * is the same: address, port and pod uid. Thread-safe.
 */
public final class EndpointState {

    /** Of {@link #slowStartNanos()}: not in slow start. */
    static final long NO_SLOW_START = Long.MIN_VALUE;

    private static final long PRESENT = Long.MIN_VALUE;
    private static final long NEVER = Long.MIN_VALUE;
    private static final int ACTIVE_BITS = 24; // 16 million connections to one endpoint, and 2^40 picks
    private static final int MOST_ACTIVE = (1 << ACTIVE_BITS) - 1;
    private static final long ONE_PICK = 1L << ACTIVE_BITS;
    /** What a faded estimate counts with: at zero, what is in flight would not count. */
    private static final double LEAST_LATENCY_NANOS = 100_000;

    private static final long FAILING_NANOS = 1_000_000_000;
    private static final VarHandle ACTIVITY;
    private static final VarHandle LATENCY;

    static {
        try {
            ACTIVITY = MethodHandles.lookup().findVarHandle(EndpointState.class, "activity", long.class);
            LATENCY = MethodHandles.lookup().findVarHandle(EndpointState.class, "latency", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DestinationId destination;
    private final OutcomeListener listener;
    private final InetSocketAddress address;
    private final Ticker ticker;

    /**
     * The active picks in the lower {@value #ACTIVE_BITS} bits, all picks so far above them: one atomic addition for both.
     */
    private volatile long activity;

    private volatile long latency = LatencyEstimate.UNKNOWN;
    private volatile long failedNanos = NEVER;

    private final LongAdder failures = new LongAdder();
    // Written under the lock of the Destination's balancer only.
    private volatile EndpointHealth health = EndpointHealth.ALWAYS_HEALTHY;
    private volatile Endpoint endpoint;
    private volatile boolean eligible;
    private volatile boolean usable;
    private volatile int weight = 1;
    private volatile double perWeight = 1; // no division where picks are made
    private volatile double latencyRate =
            LatencyEstimate.rate(BalancerConfig.Latency.DEFAULT.decay().toNanos());
    private volatile long slowStartNanos = NO_SLOW_START;
    private volatile long departedNanos = PRESENT;

    EndpointState(DestinationId destination, Endpoint endpoint, OutcomeListener listener, Ticker ticker) {
        this.destination = destination;
        this.listener = listener;
        this.ticker = ticker;
        this.endpoint = endpoint;
        this.address = new InetSocketAddress(endpoint.ip().toInetAddress(), endpoint.port());
    }

    /** The endpoint as the newest snapshot tells it. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** The Destination it serves. */
    public DestinationId destination() {
        return destination;
    }

    /** What to dial. */
    public InetSocketAddress address() {
        return address;
    }

    /** Picks that are not completed yet. */
    public int active() {
        return (int) activity & MOST_ACTIVE;
    }

    /** Picks so far. */
    public long picks() {
        return activity >>> ACTIVE_BITS;
    }

    /** Picks so far that ended with {@link Outcome#isEndpointFailure()}. */
    public long failures() {
        return failures.sum();
    }

    /** Whether the Service's rules allow it for new connections. */
    public boolean isEligible() {
        return eligible;
    }

    /** Whether new connections may use it: it is eligible, and neither ejected nor on trial unless the balancer panics. */
    public boolean isUsable() {
        return usable;
    }

    /** What is known of its health. */
    public EndpointHealth health() {
        return health;
    }

    /** Its weight against the others of its Destination, 1 or more. */
    public int weight() {
        return weight;
    }

    /**
     * Returns the moving average of its latency in nanoseconds; -1 if it answered nothing yet.
     *
     * @param now a reading of the clock that the balancers were made with
     */
    public long latencyNanos(long now) {
        long estimate = latency;
        return estimate == LatencyEstimate.UNKNOWN ? -1 : (long) LatencyEstimate.read(estimate, now, latencyRate);
    }

    /**
     * Returns the latency to reckon with. One that is new and idle is worth a try, whatever the others do; only one at a
     * time, for then it counts with what is given.
     */
    double expectedLatencyNanos(long now, double initialNanos) {
        long estimate = latency;
        if (estimate == LatencyEstimate.UNKNOWN) {
            return active() == 0 ? 0 : initialNanos;
        }
        return Math.max(LEAST_LATENCY_NANOS, LatencyEstimate.read(estimate, now, latencyRate));
    }

    /**
     * Whether its last pick that ended well or badly failed, less than 1 s ago. Such an endpoint looks idle and fast;
     * policies that look at load or latency take it only if all they draw are so. One pick a second is enough to find out
     * that it works again, or for its ejection.
     *
     * @param now a reading of the clock that the balancers were made with
     */
    public boolean isFailing(long now) {
        long failed = failedNanos;
        return failed != NEVER && now - failed < FAILING_NANOS;
    }

    /** Picks that are not completed yet, by its weight. */
    double load() {
        return active() * perWeight;
    }

    /** When its slow start began, a reading of the clock; {@link #NO_SLOW_START} if there is none. */
    long slowStartNanos() {
        return slowStartNanos;
    }

    /** Whether its Service does not have it any more, behind whichever port. */
    public boolean isGone(RegistrySnapshot snapshot) {
        return departedNanos != PRESENT && !snapshot.hasEndpoint(destination.service(), endpoint);
    }

    /**
     * Returns for how many nanoseconds its Destination has not had it; -1 if it has it.
     *
     * @param now a reading of the clock that the balancers were made with
     */
    public long departedFor(long now) {
        long since = departedNanos;
        return since == PRESENT ? -1 : Math.max(0, now - since);
    }

    void health(EndpointHealth newer) {
        health = newer;
    }

    void update(Endpoint newer, boolean allowed, BalancerConfig config) {
        endpoint = newer;
        eligible = allowed;
        weight = config.weights().of(newer);
        perWeight = 1.0 / weight;
        latencyRate = LatencyEstimate.rate(config.latency().decay().toNanos());
        departedNanos = PRESENT;
    }

    void usable(boolean now) {
        usable = now;
    }

    /** What was measured before its slow start says nothing of it any more. */
    void slowStart(long sinceNanos) {
        slowStartNanos = sinceNanos;
        latency = LatencyEstimate.UNKNOWN;
        failedNanos = NEVER;
    }

    void depart(long now) {
        eligible = false;
        usable = false;
        departedNanos = now == PRESENT ? now + 1 : now;
    }

    void picked() {
        ACTIVITY.getAndAdd(this, ONE_PICK + 1);
    }

    void connected(EndpointHealth.@Nullable Claim claim) {
        health.connected(claim);
    }

    void answered(long latencyNanos, long nowNanos, EndpointHealth.@Nullable Claim claim) {
        long before;
        do {
            before = latency;
        } while (!LATENCY.compareAndSet(
                this, before, LatencyEstimate.add(before, latencyNanos, nowNanos, latencyRate)));
        works();
        health.succeeded(claim);
    }

    void completed(Outcome outcome, boolean answered, EndpointHealth.@Nullable Claim claim) {
        ACTIVITY.getAndAdd(this, -1L);
        if (outcome.isEndpointFailure()) {
            failures.increment();
        }
        if (!answered) {
            tellHealth(outcome, claim);
        }
        listener.completed(this, outcome);
    }

    /** A pick was not made after all. */
    void discarded(EndpointHealth.@Nullable Claim claim) {
        ACTIVITY.getAndAdd(this, -ONE_PICK - 1);
        health.released(claim);
    }

    private void tellHealth(Outcome outcome, EndpointHealth.@Nullable Claim claim) {
        if (outcome == Outcome.SUCCESS) {
            works();
            health.succeeded(claim);
        } else if (outcome.isEndpointFailure()) {
            if (outcome != Outcome.SLOW) {
                long now = ticker.read();
                failedNanos = now == NEVER ? now + 1 : now;
            }
            health.failed(outcome, claim);
        } else {
            health.released(claim);
        }
    }

    private void works() {
        if (failedNanos != NEVER) {
            failedNanos = NEVER;
        }
    }

    @Override
    public String toString() {
        return endpoint.hostPort();
    }
}
