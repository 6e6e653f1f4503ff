package io.remora.balancer;

import org.jspecify.annotations.Nullable;

/**
 * What the algorithms share that draw from the usable endpoints: an immutable {@link CandidateSet} behind one volatile.
 */
abstract class CandidateBalancer implements Balancer {

    private final SlowStartRamp ramp;
    private volatile CandidateSet candidates = CandidateSet.EMPTY;

    CandidateBalancer(BalancerConfig config) {
        this.ramp = new SlowStartRamp(config.slowStart());
    }

    @Override
    public final @Nullable Pick pick(PickContext context) {
        CandidateSet current = candidates;
        int size = current.size();
        if (size == 0) {
            return null;
        }
        EndpointState chosen = size == 1 ? current.state(0) : select(current, context);
        if (context.triedCount() > 0 && context.tried(chosen)) {
            return null;
        }
        context.add(chosen);
        return new Pick(chosen);
    }

    @Override
    public final void update(Candidates newer) {
        candidates = CandidateSet.of(newer.usable(), ramp);
    }

    /**
     * Chooses one of two or more candidates.
     *
     * @return one that was tried only if all were
     */
    abstract EndpointState select(CandidateSet candidates, PickContext context);
}
