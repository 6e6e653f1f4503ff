package io.remora.balancer;

import io.remora.discovery.Endpoint;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistrySnapshot;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a balancer knows of one endpoint of one Destination. It outlives updates of the Service as long as the endpoint
 * is the same: address, port and pod uid. Thread-safe.
 */
public final class EndpointState {

    private static final long PRESENT = Long.MIN_VALUE;

    private final DestinationId destination;
    private final OutcomeListener listener;
    private final InetSocketAddress address;
    private final AtomicInteger active = new AtomicInteger();
    private final LongAdder picks = new LongAdder();
    private final LongAdder failures = new LongAdder();
    // Written by the registry's writer only.
    private volatile Endpoint endpoint;
    private volatile boolean eligible;
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
        return active.get();
    }

    /** Picks so far. */
    public long picks() {
        return picks.sum();
    }

    /** Picks so far that ended with {@link Outcome#isEndpointFailure()}. */
    public long failures() {
        return failures.sum();
    }

    /** Whether new connections may use it. */
    public boolean isEligible() {
        return eligible;
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

    void update(Endpoint newer, boolean usable) {
        endpoint = newer;
        eligible = usable;
        departedNanos = PRESENT;
    }

    void depart(long now) {
        eligible = false;
        departedNanos = now == PRESENT ? now + 1 : now;
    }

    void picked() {
        active.incrementAndGet();
        picks.increment();
    }

    void completed(Outcome outcome) {
        active.decrementAndGet();
        if (outcome.isEndpointFailure()) {
            failures.increment();
        }
        listener.completed(this, outcome);
    }

    @Override
    public String toString() {
        return endpoint.hostPort();
    }
}
