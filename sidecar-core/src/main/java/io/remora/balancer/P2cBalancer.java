package io.remora.balancer;

/**
 * The less loaded of two distinct endpoints drawn at random (Mitzenmacher, The Power of Two Choices in Randomized Load
 * Balancing, 2001; Envoy LEAST_REQUEST with choice_count 2). Load is the number of active picks, against the weight; a tie
 * goes to the first draw, which is as random as the second. One that {@linkplain EndpointState#isFailing fails} loses to
 * one that does not: it has nothing in flight because it fails, not because it is idle.
 */
public final class P2cBalancer extends CandidateBalancer {

    /** A balancer without endpoints. */
    public P2cBalancer(BalancerConfig config) {
        super(config);
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
        return isLessLoaded(other, one) ? other : one;
    }

    /**
     * Compares (active + 1/2) / weight, which favours neither the heavy nor the light (Webster's divisors, as parliaments
     * share out seats). Where both are idle the draw, which is by weight, was choice enough.
     */
    private static boolean isLessLoaded(EndpointState challenger, EndpointState holder) {
        long challenging = challenger.active();
        long holding = holder.active();
        if (challenging == 0 && holding == 0) {
            return false;
        }
        return (2 * challenging + 1) * holder.weight() < (2 * holding + 1) * challenger.weight();
    }
}
