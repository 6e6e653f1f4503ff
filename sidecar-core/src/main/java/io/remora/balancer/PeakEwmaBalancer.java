package io.remora.balancer;

/**
 * The cheaper of two endpoints drawn at random, where the cost is the {@linkplain LatencyEstimate latency} times the number
 * of picks there would be, by weight (Finagle and Linkerd, {@code PeakEwma}). One that {@linkplain EndpointState#isFailing
 * fails} loses to one that does not: how fast it fails is no latency.
 */
public final class PeakEwmaBalancer extends CandidateBalancer {

    private final double initialNanos;

    /** A balancer without endpoints. */
    public PeakEwmaBalancer(BalancerConfig config) {
        super(config);
        this.initialNanos = config.latency().initial().toNanos();
    }

    @Override
    EndpointState select(CandidateSet candidates, PickContext context) {
        long two = candidates.drawTwo(context);
        EndpointState one = candidates.state(CandidateSet.first(two));
        EndpointState other = candidates.state(CandidateSet.second(two));
        long now = context.nowNanos();
        boolean failing = one.isFailing(now);
        if (failing != other.isFailing(now)) {
            return failing ? other : one;
        }
        return cost(other, now) * one.weight() < cost(one, now) * other.weight() ? other : one;
    }

    private double cost(EndpointState state, long now) {
        return state.expectedLatencyNanos(now, initialNanos) * (state.active() + 1);
    }
}
