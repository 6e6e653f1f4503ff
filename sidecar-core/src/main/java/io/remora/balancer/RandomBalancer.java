package io.remora.balancer;

/** Every endpoint with the same chance: what kube-proxy does. With weights, by weight. */
public final class RandomBalancer extends CandidateBalancer {

    /** A balancer without endpoints. */
    public RandomBalancer(BalancerConfig config) {
        super(config);
    }

    @Override
    EndpointState select(CandidateSet candidates, PickContext context) {
        return candidates.state(candidates.draw(context));
    }
}
