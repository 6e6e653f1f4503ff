package io.remora.balancer;

import io.remora.registry.Destination;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistryListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The balancer of every Destination in the registry, made and dropped as they come and go. Thread-safe; the registry's
 * writer is the only one that changes it.
 */
public final class BalancerRegistry implements RegistryListener {

    private final BalancerPolicy policy;
    private final OutcomeListener listener;
    private final Map<DestinationId, DestinationBalancer> balancers = new ConcurrentHashMap<>();

    /** Every Destination gets a balancer of the given policy; the listener hears of every pick's end. */
    public BalancerRegistry(BalancerPolicy policy, OutcomeListener listener) {
        this.policy = policy;
        this.listener = listener;
    }

    /** Returns the balancer of a Destination that was found in a snapshot; null if it is gone since. */
    public @Nullable DestinationBalancer find(Destination destination) {
        return balancers.get(destination.id());
    }

    @Override
    public void destinationChanged(@Nullable Destination before, @Nullable Destination after) {
        if (after == null) {
            if (before != null) {
                balancers.remove(before.id());
            }
            return;
        }
        DestinationBalancer known = balancers.get(after.id());
        if (known == null) {
            balancers.put(after.id(), new DestinationBalancer(policy.newBalancer(), after, listener));
        } else {
            known.update(after);
        }
    }
}
