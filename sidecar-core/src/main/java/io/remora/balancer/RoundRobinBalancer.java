package io.remora.balancer;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One endpoint after the other, with weights as often as its weight says. A fresh start is drawn, so that many agents do
 * not begin with the same endpoint. An endpoint in slow start leaves some of its turns to the next.
 */
public final class RoundRobinBalancer extends CandidateBalancer {

    private static final int UNSET = -1;
    private static final int MOST_SKIPS = 7;

    private final AtomicInteger next = new AtomicInteger(UNSET);

    /** A balancer without endpoints. */
    public RoundRobinBalancer(BalancerConfig config) {
        super(config);
    }

    @Override
    EndpointState select(CandidateSet candidates, PickContext context) {
        if (next.get() == UNSET) {
            next.compareAndSet(UNSET, context.random().nextInt(candidates.size()));
        }
        int index = candidates.atTurn(advance());
        for (int i = 0; i < MOST_SKIPS && !candidates.accepts(index, context); i++) {
            index = candidates.atTurn(advance());
        }
        return candidates.state(candidates.untried(index, context));
    }

    private int advance() {
        int turn = next.getAndIncrement();
        if (turn < 0 || turn == Integer.MAX_VALUE) {
            next.set(0); // a race here repeats a few turns once in two billion picks
            return 0;
        }
        return turn;
    }
}
