package io.remora.balancer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A chosen endpoint that counts as in flight until {@link #complete(Outcome)}. Whoever holds a pick completes it exactly
 * once, on every path, and tells before that when the endpoint took the connection and when it answered. Thread-safe.
 */
public final class Pick {

    private static final int TRIAL = 1;
    private static final int ANSWERED = 2;
    private static final int COMPLETED = 4;
    private static final VarHandle MARKS;

    static {
        try {
            MARKS = MethodHandles.lookup().findVarHandle(Pick.class, "marks", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final EndpointState endpoint;
    private volatile int marks;

    Pick(EndpointState endpoint) {
        this(endpoint, false);
    }

    private Pick(EndpointState endpoint, boolean trial) {
        this.endpoint = endpoint;
        if (trial) {
            MARKS.set(this, TRIAL);
        }
        endpoint.picked();
    }

    /** A pick of an endpoint whose trial was claimed for it. */
    static Pick trial(EndpointState endpoint) {
        return new Pick(endpoint, true);
    }

    /** The endpoint that was chosen. */
    public EndpointState endpoint() {
        return endpoint;
    }

    /** Whether the endpoint was ejected, and this pick tells whether it comes back. */
    public boolean isTrial() {
        return (marks & TRIAL) != 0;
    }

    /** The endpoint took the connection. */
    void connected() {
        endpoint.connected(isTrial());
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
            endpoint.answered(latencyNanos, nowNanos, (before & TRIAL) != 0);
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
        endpoint.completed(outcome, (before & ANSWERED) != 0, (before & TRIAL) != 0);
    }
}
