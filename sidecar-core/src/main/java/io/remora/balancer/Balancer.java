package io.remora.balancer;

import org.jspecify.annotations.Nullable;

/**
 * Chooses among the endpoints of one Destination. {@link #pick(PickContext)} is thread-safe and takes no lock;
 * {@link #update(Candidates)} is called by one thread at a time.
 */
public interface Balancer {

    /**
     * Chooses a usable endpoint that the context has not tried yet.
     *
     * @return the pick, to be completed exactly once; null if there is no endpoint left
     */
    @Nullable
    Pick pick(PickContext context);

    /** Replaces the endpoints to choose from. Once it returns, no other is picked. */
    void update(Candidates candidates);
}
