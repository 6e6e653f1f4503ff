package io.remora.balancer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Of two endpoints drawn at random the one with the least latency among those that are cold, or the least loaded if both
 * are hot (the rule of Wydrowski et al., Load is not what you should balance: Introducing Prequal, NSDI 2024). Hot is what
 * has more in flight than {@value #COLD_PART} of all endpoints have, by weight. Prequal asks the servers; here both numbers
 * are this process's own, so that each draw tells the truth at once, and no probe is reused or grows old.
 *
 * <p>The limit is estimated from the first endpoint of each draw: it moves up a little for each that is above it and down for
 * each that is not, in such a proportion that it rests at the quantile. Picks that race may lose one step.
 */
public final class HotColdBalancer extends CandidateBalancer {

    /** The part of the endpoints that are cold: Q_RIF of the paper, 2^-0.25. */
    static final double COLD_PART = 0.84;

    private static final double HOT = 1e19; // above every long of nanoseconds
    private static final double FAILING = 1e30; // above HOT times what can be in flight
    private static final double STEP = 0.02; // 50 draws from zero to one in flight
    private static final VarHandle LIMIT;

    static {
        try {
            LIMIT = MethodHandles.lookup().findVarHandle(HotColdBalancer.class, "limit", double.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final double initialNanos;

    @SuppressWarnings("UnusedVariable") // through the handle
    private double limit;

    /** A balancer without endpoints. */
    public HotColdBalancer(BalancerConfig config) {
        super(config);
        this.initialNanos = config.latency().initial().toNanos();
    }

    @Override
    EndpointState select(CandidateSet candidates, PickContext context) {
        long now = context.nowNanos();
        long two = candidates.drawTwo(context);
        EndpointState chosen = candidates.state(CandidateSet.first(two));
        double hotAbove = learn(chosen.load());
        EndpointState other = candidates.state(CandidateSet.second(two));
        return score(other, hotAbove, now) < score(chosen, hotAbove, now) ? other : chosen;
    }

    /** The rule as one number: latency where cold, beyond any latency the load where hot, beyond both where it fails. */
    private double score(EndpointState state, double hotAbove, long now) {
        double load = state.load();
        double score = load > hotAbove ? HOT * (1 + load) : state.expectedLatencyNanos(now, initialNanos);
        return state.isFailing(now) ? FAILING * (1 + score) : score;
    }

    private double learn(double load) {
        double before = (double) LIMIT.getOpaque(this);
        double step = before > 1 ? STEP * before : STEP;
        if (load > before) {
            return moveTo(before + step * COLD_PART);
        }
        double lower = before - step * (1 - COLD_PART);
        return lower > 0 ? moveTo(lower) : before > 0 ? moveTo(0) : 0;
    }

    private double moveTo(double newer) {
        LIMIT.setOpaque(this, newer);
        return newer;
    }

    /** What an endpoint may have in flight, by weight, and is not hot. */
    double hotAbove() {
        return (double) LIMIT.getOpaque(this);
    }
}
