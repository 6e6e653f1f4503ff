package io.remora.balancer;

import java.util.random.RandomGenerator;

/**
 * The less loaded of two distinct endpoints drawn at random (Mitzenmacher, The Power of Two Choices in Randomized Load
 * Balancing, 2001; Envoy LEAST_REQUEST with choice_count 2). Load is the number of active picks; a tie goes to the first
 * draw, which is as random as the second.
 */
public final class P2cBalancer extends CandidateBalancer {

    @Override
    EndpointState select(EndpointState[] candidates, PickContext context) {
        RandomGenerator random = context.random();
        int first = random.nextInt(candidates.length);
        int second = random.nextInt(candidates.length - 1);
        if (second >= first) {
            second++; // distinct by construction
        }
        if (context.triedCount() > 0) {
            return selectUntried(candidates, first, second, context);
        }
        EndpointState one = candidates[first];
        EndpointState other = candidates[second];
        return other.active() < one.active() ? other : one;
    }

    private static EndpointState selectUntried(EndpointState[] candidates, int first, int second, PickContext context) {
        EndpointState one = untried(candidates, first, context);
        EndpointState other = untried(candidates, second, context);
        if (context.tried(other)) {
            return one;
        }
        return context.tried(one) || other.active() < one.active() ? other : one;
    }
}
