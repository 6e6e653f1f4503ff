package io.remora.balancer;

import io.remora.discovery.Endpoint;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistrySnapshot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a balancer knows of one endpoint of one Destination. It outlives updates of the Service as long as the endpoint
 * is the same: address, port and pod uid. Thread-safe.
 */
public final class EndpointState {

    /** Of {@link #slowStartNanos()}: not in slow start. */
    static final long NO_SLOW_START = Long.MIN_VALUE;

    private static final long PRESENT = Long.MIN_VALUE;
    private static final VarHandle ACTIVE;

    static {
        try {
            ACTIVE = MethodHandles.lookup().findVarHandle(EndpointState.class, "active", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DestinationId destination;
    private final OutcomeListener listener;
    private final InetSocketAddress address;

    @SuppressWarnings("UnusedVariable") // through the handle
    private volatile int active;

    private final LongAdder picks = new LongAdder();
    private final LongAdder failures = new LongAdder();
    // Written under the lock of the Destination's balancer only.
    private volatile EndpointHealth health = EndpointHealth.ALWAYS_HEALTHY;
    private volatile Endpoint endpoint;
    private volatile boolean eligible;
    private volatile boolean usable;
    private volatile int weight = 1;
    private volatile long slowStartNanos = NO_SLOW_START;
    private volatile long departedNanos = PRESENT;

    EndpointState(DestinationId destination, Endpoint endpoint, OutcomeListener listener) {
        this.destination = destination;
        this.listener = listener;
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
        return active;
    }

    /** Picks so far. */
    public long picks() {
        return picks.sum();
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

    void update(Endpoint newer, boolean allowed, int newWeight) {
        endpoint = newer;
        eligible = allowed;
        weight = newWeight;
        departedNanos = PRESENT;
    }

    void usable(boolean now) {
        usable = now;
    }

    void slowStart(long sinceNanos) {
        slowStartNanos = sinceNanos;
    }

    void depart(long now) {
        eligible = false;
        usable = false;
        departedNanos = now == PRESENT ? now + 1 : now;
    }

    void picked() {
        ACTIVE.getAndAdd(this, 1);
        picks.increment();
    }

    void connected(boolean trial) {
        health.connected(trial);
    }

    void answered(long latencyNanos, long nowNanos, boolean trial) {
        health.succeeded(trial);
    }

    void completed(Outcome outcome, boolean answered, boolean trial) {
        ACTIVE.getAndAdd(this, -1);
        if (outcome.isEndpointFailure()) {
            failures.increment();
        }
        if (!answered) {
            tellHealth(outcome, trial);
        }
        listener.completed(this, outcome);
    }

    private void tellHealth(Outcome outcome, boolean trial) {
        if (outcome == Outcome.SUCCESS) {
            health.succeeded(trial);
        } else if (outcome.isEndpointFailure()) {
            health.failed(outcome, trial);
        } else {
            health.released(trial);
        }
    }

    @Override
    public String toString() {
        return endpoint.hostPort();
    }
}
