package io.remora.balancer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among the eligible endpoints of one Destination. {@link #pick(PickContext)} is thread-safe and takes no lock;
 * {@link #update(List)} is called by one thread.
 */
public interface Balancer {

    /**
     * Chooses an endpoint that the context has not tried yet.
     *
     * @return the pick, to be completed exactly once; null if there is no endpoint left
     */
    @Nullable
    Pick pick(PickContext context);

    /** Replaces the endpoints to choose from. Once it returns, no other is picked. */
    void update(List<EndpointState> eligible);
}
