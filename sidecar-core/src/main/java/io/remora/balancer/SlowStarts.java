package io.remora.balancer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slow starts of a list of endpoints, as they were when it was made. What counts is how warm an endpoint is against
 * the warmest of them: where all are equally cold, nobody has anything to hold back for. Immutable.
 */
final class SlowStarts {

    /** Nobody is in slow start, ever. */
    static final SlowStarts NONE =
            new SlowStarts(new SlowStartRamp(BalancerConfig.SlowStart.OFF), new long[0], 0, 0, false);

    private final SlowStartRamp ramp;
    private final long[] since; // apart from the endpoints, so that a rejected draw touches none of them
    private final long warmest;
    private final long endNanos;
    private final boolean any;

    private SlowStarts(SlowStartRamp ramp, long[] since, long warmest, long endNanos, boolean any) {
        this.ramp = ramp;
        this.since = since;
        this.warmest = warmest;
        this.endNanos = endNanos;
        this.any = any;
    }

    /**
     * @param states the endpoints, by whose index in this list is asked
     * @param usable those of them that can be the warmest
     */
    static SlowStarts of(SlowStartRamp ramp, List<EndpointState> states, Iterable<EndpointState> usable) {
        if (ramp.isOff()) {
            return NONE;
        }
        Long latest = latest(states);
        if (latest == null) {
            return NONE;
        }
        long[] since = new long[states.size()];
        for (int i = 0; i < since.length; i++) {
            since[i] = states.get(i).slowStartNanos();
        }
        return new SlowStarts(ramp, since, earliest(usable), ramp.end(latest), true);
    }

    private static @Nullable Long latest(List<EndpointState> states) {
        Long latest = null;
        for (EndpointState state : states) {
            long since = state.slowStartNanos();
            if (since != EndpointState.NO_SLOW_START && (latest == null || since - latest > 0)) {
                latest = since;
            }
        }
        return latest;
    }

    private static long earliest(Iterable<EndpointState> states) {
        Long earliest = null;
        for (EndpointState state : states) {
            long since = state.slowStartNanos();
            if (since == EndpointState.NO_SLOW_START) {
                return since;
            }
            if (earliest == null || since - earliest < 0) {
                earliest = since;
            }
        }
        return earliest == null ? EndpointState.NO_SLOW_START : earliest;
    }

    /** Whether any endpoint is in slow start. */
    boolean underWay(long nowNanos) {
        return any && nowNanos - endNanos < 0;
    }

    /** Returns the part of its share that an endpoint gets, against the warmest one that is usable. */
    double part(int index, long nowNanos) {
        return ramp.part(since[index], nowNanos) / ramp.part(warmest, nowNanos);
    }
}
