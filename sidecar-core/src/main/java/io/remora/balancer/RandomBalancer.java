package io.remora.balancer;

/** Every endpoint with the same chance: what kube-proxy does. */
public final class RandomBalancer extends CandidateBalancer {

    @Override
    EndpointState select(EndpointState[] candidates, PickContext context) {
        return untried(candidates, context.random().nextInt(candidates.length), context);
    }
}
