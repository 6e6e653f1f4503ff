package io.remora.balancer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A chosen endpoint that counts as in flight until {@link #complete(Outcome)}. Whoever holds a pick completes it exactly
 * once, on every path, and tells before that when the endpoint took the connection and when it answered. Thread-safe.
 */
public final class Pick {

    private static final int ANSWERED = 1;
    private static final int COMPLETED = 2;
    private static final int BOUND = 4;
    private static final VarHandle MARKS;

    static {
        try {
            MARKS = MethodHandles.lookup().findVarHandle(Pick.class, "marks", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final EndpointState endpoint;
    private final EndpointHealth.@Nullable Claim claim;

    private volatile int marks;

    Pick(EndpointState endpoint) {
        this(endpoint, null);
    }

    /** @param claim of the trial of the endpoint, if it was claimed for this pick */
    Pick(EndpointState endpoint, EndpointHealth.@Nullable Claim claim) {
        this.endpoint = endpoint;
        this.claim = claim;
        endpoint.picked();
    }

    /** Returns a pick of the endpoint that its client is bound to. */
    static Pick bound(EndpointState endpoint) {
        Pick pick = new Pick(endpoint);
        MARKS.set(pick, BOUND); // nobody else has it yet
        return pick;
    }

    /** The endpoint that was chosen. */
    public EndpointState endpoint() {
        return endpoint;
    }

    /** Whether the endpoint was ejected, and this pick tells whether it comes back. */
    public boolean isTrial() {
        return claim != null;
    }

    /** Whether nothing was chosen: the client was bound to the endpoint by the Service's affinity. */
    public boolean isBound() {
        return (marks & BOUND) != 0;
    }

    /** The endpoint took the connection. */
    void connected() {
        endpoint.connected(claim);
    }

    /**
     * The endpoint answered: a first byte of it came, or the head of a response that is no failure. From here on the pick
     * counts as a success for the health of its endpoint, however it ends. Only the first call counts.
     *
     * @param latencyNanos from the first byte sent to the first received; from the connect where the server speaks first
     * @param nowNanos a reading of the clock that the balancers were made with
     */
    public void answered(long latencyNanos, long nowNanos) {
        int before = (int) MARKS.getAndBitwiseOr(this, ANSWERED);
        if ((before & (ANSWERED | COMPLETED)) == 0) {
            endpoint.answered(latencyNanos, nowNanos, claim);
        }
    }

    /**
     * Ends the pick.
     *
     * @throws IllegalStateException if it was completed before: a bug in its holder
     */
    public void complete(Outcome outcome) {
        int before = (int) MARKS.getAndBitwiseOr(this, COMPLETED);
        if ((before & COMPLETED) != 0) {
            throw new IllegalStateException("the pick of " + endpoint + " was completed before, now with " + outcome);
        }
        endpoint.completed(outcome, (before & ANSWERED) != 0, claim);
    }

    /**
     * Ends the pick as if it had never been made, in place of {@link #complete(Outcome)}: nothing was sent to the endpoint.
     *
     * @throws IllegalStateException if it was completed before: a bug in its holder
     */
    public void discard() {
        int before = (int) MARKS.getAndBitwiseOr(this, COMPLETED);
        if ((before & COMPLETED) != 0) {
            throw new IllegalStateException("the pick of " + endpoint + " was completed before, and is discarded now");
        }
        endpoint.discarded(claim);
    }
}
