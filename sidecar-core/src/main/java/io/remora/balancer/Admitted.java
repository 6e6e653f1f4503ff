package io.remora.balancer;

import org.jspecify.annotations.Nullable;

/**
 * What one connection or request owes its Destination for being let in: to give its place back, and to tell the gate how it
 * ended, each exactly once. Not thread-safe: one thread at a time uses it.
 */
public final class Admitted {

    /** Why one is not let in. */
    public enum Refusal {
        /** As many as may be are there already: {@link BalancerConfig.Limits}. */
        LIMIT,
        /** The circuit breaker of the Destination is open. */
        BREAKER_OPEN
    }

    private final DestinationBalancer balancer;
    private final DestinationGate gate;
    private boolean counted;
    private boolean connected;
    private DestinationGate.@Nullable Entry entry; // until the gate was told

    /** One that was not let in yet. */
    public Admitted(DestinationBalancer balancer) {
        this.balancer = balancer;
        this.gate = balancer.health().gate();
    }

    /** Asks to be let in. Returns why it is not; null if it is. */
    public @Nullable Refusal enter() {
        if (!balancer.admission().enter()) {
            return Refusal.LIMIT;
        }
        counted = true;
        entry = gate.tryEnter();
        if (entry == null) {
            return Refusal.BREAKER_OPEN;
        }
        balancer.retryBudget().deposit();
        return null;
    }

    /** An endpoint took the connection. Counts once, also if that was lost and another one took its place. */
    public void connected() {
        if (connected) {
            return;
        }
        connected = true;
        balancer.admission().connected();
        if (entry != null) {
            entry.connected();
        }
    }

    /** An endpoint answered: whatever comes now, the Destination is of use. */
    public void answered() {
        tellGate(Outcome.SUCCESS);
    }

    /**
     * It is over, whether it was let in or not. Idempotent.
     *
     * @param outcome what it says about the Destination
     */
    public void leave(Outcome outcome) {
        try {
            tellGate(outcome);
        } finally {
            if (counted) {
                counted = false;
                balancer.admission().leave(connected);
            }
        }
    }

    private void tellGate(Outcome outcome) {
        DestinationGate.Entry told = entry;
        if (told == null) {
            return;
        }
        entry = null;
        if (outcome == Outcome.SUCCESS) {
            told.succeeded();
        } else if (outcome.isEndpointFailure()) {
            told.failed();
        } else {
            told.released();
        }
    }
}
