package io.remora.relay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest connections of one event loop, which owns it, whether they live or are over. */
final class RecentDecisions {

    private final @Nullable ConnectionTrace[] ring;
    private int next;

    /** @param capacity how many are kept */
    RecentDecisions(int capacity) {
        ring = new ConnectionTrace[capacity];
    }

    /** Keeps one, and forgets the oldest. */
    void add(ConnectionTrace trace) {
        ring[next] = trace;
        next = next + 1 == ring.length ? 0 : next + 1;
    }

    /** Returns what is kept, the newest first. */
    List<ConnectionDecision> newest() {
        List<ConnectionDecision> decisions = new ArrayList<>(ring.length);
        for (int i = 1; i <= ring.length; i++) {
            ConnectionTrace trace = ring[Math.floorMod(next - i, ring.length)];
            if (trace != null) {
                decisions.add(trace.decision());
            }
        }
        return decisions;
    }
}
