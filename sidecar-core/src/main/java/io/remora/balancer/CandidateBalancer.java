package io.remora.balancer;

import org.jspecify.annotations.Nullable;

/**
 * What every algorithm shares: an immutable array of endpoints behind one volatile, and the exclusion of what was tried.
 * An algorithm draws from the whole array; only where its draw was tried already the first untried endpoint from there
 * on, around the array, takes its place.
 */
abstract class CandidateBalancer implements Balancer {

    private static final EndpointState[] NONE = {};

    private volatile EndpointState[] candidates = NONE; // never changed in place

    @Override
    public final @Nullable Pick pick(PickContext context) {
        EndpointState[] current = candidates;
        if (current.length == 0) {
            return null;
        }
        EndpointState chosen = current.length == 1 ? current[0] : select(current, context);
        if (context.triedCount() > 0 && context.tried(chosen)) {
            return null;
        }
        context.add(chosen);
        return new Pick(chosen);
    }

    @Override
    public final void update(Candidates newer) {
        candidates = newer.usable().toArray(NONE);
    }

    /**
     * Chooses one of two or more candidates.
     *
     * @return one that was tried only if all were
     */
    abstract EndpointState select(EndpointState[] candidates, PickContext context);

    /** Returns the first candidate from the index on, around the array, that was not tried; the one there if all were. */
    static EndpointState untried(EndpointState[] candidates, int index, PickContext context) {
        if (context.triedCount() == 0) {
            return candidates[index];
        }
        for (int i = 0; i < candidates.length; i++) {
            EndpointState candidate = candidates[(index + i) % candidates.length];
            if (!context.tried(candidate)) {
                return candidate;
            }
        }
        return candidates[index];
    }
}
