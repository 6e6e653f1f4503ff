package io.remora.balancer;

import io.remora.internal.Ticker;
import io.remora.registry.Destination;
import io.remora.registry.DestinationId;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The balancer of every Destination in the registry, made and dropped as they come and go. Thread-safe; the registry's
 * writer is the only one that changes it.
 */
public final class BalancerRegistry implements RegistryListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(BalancerRegistry.class);

    private final BalancerRules rules;
    private final DestinationHealth.Factory health;
    private final OutcomeListener listener;
    private final Ticker ticker;
    private final Map<DestinationId, DestinationBalancer> balancers = new ConcurrentHashMap<>();
    private final Map<DestinationId, DestinationBalancer> departed = new ConcurrentHashMap<>(); // still in use

    /** Every Destination gets a balancer of the given policy, whose endpoints are healthy whatever happens. */
    public BalancerRegistry(BalancerPolicy policy, OutcomeListener listener) {
        this(policy, listener, Ticker.SYSTEM);
    }

    /** As {@link #BalancerRegistry(BalancerPolicy, OutcomeListener)}, with another clock. */
    public BalancerRegistry(BalancerPolicy policy, OutcomeListener listener, Ticker ticker) {
        this(
                BalancerRules.always(BalancerConfig.DEFAULT.withPolicy(policy)),
                DestinationHealth.Factory.NONE,
                listener,
                ticker);
    }

    /**
     * @param rules how each Service is balanced
     * @param health which endpoints may be picked
     * @param listener hears of every pick's end
     * @param ticker the clock of all that is measured
     */
    public BalancerRegistry(
            BalancerRules rules, DestinationHealth.Factory health, OutcomeListener listener, Ticker ticker) {
        this.rules = rules;
        this.health = health;
        this.listener = (endpoint, outcome) -> {
            try {
                listener.completed(endpoint, outcome);
            } catch (RuntimeException e) {
                // Whoever completes a pick has sockets to close after it.
                LOGGER.atError().setCause(e).addKeyValue("endpoint", endpoint).log("a listener of outcomes failed");
            }
        };
        this.ticker = ticker;
    }

    /** Returns the balancer of each Destination that there is. */
    public Collection<DestinationBalancer> all() {
        return Collections.unmodifiableCollection(balancers.values());
    }

    /** Returns the balancer of a Destination that was found in a snapshot; null if it is gone since. */
    public @Nullable DestinationBalancer find(Destination destination) {
        return balancers.get(destination.id());
    }

    /**
     * How many picks of endpoints that are gone are not completed yet. One that its Service still has is not gone, although
     * its port was renamed, or the Service is left to another proxy now.
     */
    public int activeGone(RegistrySnapshot snapshot) {
        int active = 0;
        for (Map<DestinationId, DestinationBalancer> all : List.of(balancers, departed)) {
            for (DestinationBalancer balancer : all.values()) {
                active += balancer.activeDeparted(state -> state.isGone(snapshot));
            }
        }
        return active;
    }

    @Override
    public void destinationChanged(@Nullable Destination before, @Nullable Destination after) {
        if (after == null) {
            if (before != null) {
                depart(before.id());
            }
            return;
        }
        DestinationBalancer known = balancers.get(after.id());
        if (known == null) {
            known = departed.remove(after.id());
        }
        if (known == null) {
            balancers.put(after.id(), new DestinationBalancer(after, rules, health, listener, ticker));
        } else {
            known.update(after);
            balancers.put(after.id(), known);
        }
    }

    private void depart(DestinationId id) {
        departed.values().removeIf(balancer -> balancer.activeDeparted() == 0);
        DestinationBalancer balancer = balancers.remove(id);
        if (balancer != null) {
            balancer.depart();
            if (balancer.activeDeparted() > 0) {
                departed.put(id, balancer);
            }
        }
    }
}
