package io.remora.balancer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Of three endpoints drawn at random the one with the least latency among those that are cold, or the least loaded if all
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

    private static final int MORE_DRAWS = 2;
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
        int first = candidates.draw(context);
        EndpointState chosen = candidates.state(first);
        double hotAbove = learn(load(chosen));
        for (int i = 0; i < MORE_DRAWS; i++) {
            EndpointState drawn = candidates.state(candidates.drawOther(first, context));
            if (beats(drawn, chosen, hotAbove, context.nowNanos())) {
                chosen = drawn;
            }
        }
        return chosen;
    }

    private boolean beats(EndpointState challenger, EndpointState holder, double hotAbove, long now) {
        boolean failing = holder.isFailing(now);
        if (failing != challenger.isFailing(now)) {
            return failing;
        }
        double challenging = load(challenger);
        double holding = load(holder);
        boolean hot = holding > hotAbove;
        if (hot != challenging > hotAbove) {
            return hot;
        }
        return hot
                ? challenging < holding
                : challenger.expectedLatencyNanos(now, initialNanos) < holder.expectedLatencyNanos(now, initialNanos);
    }

    private double learn(double load) {
        double before = (double) LIMIT.getOpaque(this);
        double step = STEP * Math.max(1, before);
        double after = load > before ? before + step * COLD_PART : Math.max(0, before - step * (1 - COLD_PART));
        if (after != before) {
            LIMIT.setOpaque(this, after);
        }
        return after;
    }

    private static double load(EndpointState state) {
        return (double) state.active() / state.weight();
    }

    /** What an endpoint may have in flight, by weight, and is not hot. */
    double hotAbove() {
        return (double) LIMIT.getOpaque(this);
    }
}
