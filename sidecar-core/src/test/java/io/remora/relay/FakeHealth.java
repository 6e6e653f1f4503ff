package io.remora.relay;

import io.remora.balancer.Candidates;
import io.remora.balancer.DestinationGate;
import io.remora.balancer.DestinationHealth;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.registry.Destination;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Remembers what the health of a Destination is told, and says what a test wants. */
final class FakeHealth implements DestinationHealth.Factory, DestinationHealth, DestinationGate, DestinationGate.Entry {

    /** What the endpoints' health was told, in order. */
    final Collection<String> endpoints = new ConcurrentLinkedQueue<>();

    /** What the gate was told, in order. */
    final Collection<String> gate = new ConcurrentLinkedQueue<>();

    /** How many that the gate let in were connected. */
    final AtomicInteger connected = new AtomicInteger();

    volatile boolean shut;
    volatile boolean failing;
    private final @Nullable InetSocketAddress onTrial;

    FakeHealth() {
        this(null);
    }

    /** @param onTrial the endpoint that is on trial, until one pick has claimed it */
    FakeHealth(@Nullable InetSocketAddress onTrial) {
        this.onTrial = onTrial;
    }

    @Override
    public DestinationHealth create(Destination destination, Host host) {
        return this;
    }

    @Override
    public Candidates select(List<EndpointState> eligible) {
        List<EndpointState> usable = new ArrayList<>(eligible);
        List<EndpointState> trials = new ArrayList<>(eligible);
        usable.removeIf(state -> state.address().equals(onTrial));
        trials.removeAll(usable);
        return new Candidates(eligible, usable, trials, false);
    }

    @Override
    public EndpointHealth added(EndpointState endpoint) {
        AtomicBoolean claimed = new AtomicBoolean();
        return new EndpointHealth() {
            @Override
            public @Nullable Claim tryTrial() {
                return claimed.compareAndSet(false, true) ? new Claim() {} : null;
            }

            @Override
            public void succeeded(@Nullable Claim claim) {
                tell(endpoints, "succeeded", claim != null);
            }

            @Override
            public void failed(Outcome outcome, @Nullable Claim claim) {
                tell(endpoints, outcome.label(), claim != null);
            }

            @Override
            public void released(@Nullable Claim claim) {
                tell(endpoints, "released", claim != null);
            }
        };
    }

    private void tell(Collection<String> told, String what, boolean trial) {
        told.add(trial ? what + " trial" : what);
        if (failing) {
            throw new IllegalStateException("health");
        }
    }

    @Override
    public DestinationGate gate() {
        return this;
    }

    @Override
    public DestinationGate.@Nullable Entry tryEnter() {
        if (!shut) {
            tell(gate, "entered", false);
        }
        return shut ? null : this;
    }

    @Override
    public void connected() {
        connected.incrementAndGet();
    }

    @Override
    public void succeeded() {
        tell(gate, "succeeded", false);
    }

    @Override
    public void failed() {
        tell(gate, "failed", false);
    }

    @Override
    public void released() {
        tell(gate, "released", false);
    }
}
