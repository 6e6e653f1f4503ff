package io.remora.outlier;

import io.remora.balancer.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Failures in a row, by {@linkplain FailureWeights weight} and by number. Thread-safe, without a lock. */
final class FailureStreak {

    private static final int COUNT_SHIFT = 32; // the number is above it, the weight below
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(FailureStreak.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long value;

    /**
     * Adds a failure.
     *
     * @return the number and the weight with it, for {@link #weight} and {@link #count}
     */
    long add(Outcome failure) {
        long one = 1L << COUNT_SHIFT | FailureWeights.of(failure);
        return (long) VALUE.getAndAdd(this, one) + one;
    }

    /** Ends the row. Nearly always there is none, and nothing is written. */
    void reset() {
        if (value != 0) {
            value = 0;
        }
    }

    static int weight(long streak) {
        return (int) streak;
    }

    static int count(long streak) {
        return (int) (streak >>> COUNT_SHIFT);
    }
}
