package io.remora.relay;

import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.DestinationGate;
import io.remora.balancer.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What one connection owes its Destination for being let in: to give its place back, and to tell the gate how it ended,
 * each exactly once. Its event loop owns it.
 */
final class Admitted {

    private final DestinationBalancer balancer;
    private final DestinationGate gate;
    private boolean counted;
    private boolean connected;
    private DestinationGate.@Nullable Entry entry; // until the gate was told

    Admitted(DestinationBalancer balancer) {
        this.balancer = balancer;
        this.gate = balancer.health().gate();
    }

    /** Asks to be let in. Returns why it is not; null if it is. */
    @Nullable
    CloseReason enter() {
        if (!balancer.admission().enter()) {
            return CloseReason.LIMIT;
        }
        counted = true;
        entry = gate.tryEnter();
        if (entry == null) {
            return CloseReason.BREAKER_OPEN;
        }
        balancer.retryBudget().deposit();
        return null;
    }

    /** An endpoint took the connection. */
    void connected() {
        connected = true;
        balancer.admission().connected();
        if (entry != null) {
            entry.connected();
        }
    }

    /** An endpoint answered: whatever comes now, the Destination is of use. */
    void answered() {
        tellGate(Outcome.SUCCESS);
    }

    /**
     * It is over, whether it was let in or not. Idempotent.
     *
     * @param outcome what it says about the Destination
     */
    void leave(Outcome outcome) {
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
