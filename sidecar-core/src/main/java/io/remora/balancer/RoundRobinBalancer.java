package io.remora.balancer;

import java.util.concurrent.atomic.AtomicInteger;

/** One endpoint after the other. A fresh start is drawn, so that many agents do not begin with the same endpoint. */
public final class RoundRobinBalancer extends CandidateBalancer {

    private static final int UNSET = -1;

    private final AtomicInteger next = new AtomicInteger(UNSET);

    @Override
    EndpointState select(EndpointState[] candidates, PickContext context) {
        if (next.get() == UNSET) {
            next.compareAndSet(UNSET, context.random().nextInt(candidates.length));
        }
        return untried(candidates, advance() % candidates.length, context);
    }

    private int advance() {
        int index = next.getAndIncrement();
        if (index < 0 || index == Integer.MAX_VALUE) {
            next.set(0); // a race here repeats a few turns once in two billion picks
            return 0;
        }
        return index;
    }
}
