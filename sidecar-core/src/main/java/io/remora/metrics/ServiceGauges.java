package io.remora.metrics;

import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.RetryBudget;
import io.remora.discovery.ServiceId;
import io.remora.registry.Destination;
import io.remora.registry.Eligibility;
import io.remora.registry.EndpointDecision;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What can be read of one Service at any time, over all of its Destinations. Thread-safe. */
final class ServiceGauges {

    private final ServiceId id;
    private final Supplier<@Nullable RegistrySnapshot> snapshot;
    private final Supplier<@Nullable BalancerRegistry> balancers;
    private final Map<RetryBudget, Long> exhaustedBefore = new WeakHashMap<>(); // guarded by this
    private long exhausted; // guarded by this

    ServiceGauges(
            ServiceId id,
            Supplier<@Nullable RegistrySnapshot> snapshot,
            Supplier<@Nullable BalancerRegistry> balancers) {
        this.id = id;
        this.snapshot = snapshot;
        this.balancers = balancers;
    }

    /** Endpoints in a state. */
    long endpoints(Eligibility state) {
        long count = 0;
        for (Destination destination : destinations()) {
            for (EndpointDecision decision : destination.decisions()) {
                count += decision.eligibility() == state ? 1 : 0;
            }
        }
        return count;
    }

    /** Eligible endpoints of that health. */
    long endpoints(EndpointHealth.State state) {
        return sum(balancer -> balancer.candidates().count(state));
    }

    /** Destinations that use what is ejected. */
    long panicking() {
        return sum(balancer -> balancer.candidates().panic() ? 1 : 0);
    }

    /** Connections that wait for an endpoint to take them. */
    long pending() {
        return sum(balancer -> balancer.admission().pending());
    }

    /** Connections, or requests, that are under way. */
    long open() {
        return sum(balancer -> balancer.admission().open());
    }

    /** Connections that were denied a retry; what a Destination that went has counted stays counted, once if it returns. */
    synchronized long retriesExhausted() {
        exhausted += sum(balancer -> {
            RetryBudget budget = balancer.retryBudget();
            long now = budget.exhausted();
            Long before = exhaustedBefore.put(budget, now);
            return before == null ? now : now - before;
        });
        return exhausted;
    }

    private long sum(ToLongFunction<DestinationBalancer> value) {
        BalancerRegistry all = balancers.get();
        long sum = 0;
        if (all != null) {
            for (Destination destination : destinations()) {
                DestinationBalancer balancer = all.find(destination);
                sum += balancer == null ? 0 : value.applyAsLong(balancer);
            }
        }
        return sum;
    }

    private List<Destination> destinations() {
        RegistrySnapshot latest = snapshot.get();
        ServiceEntry entry = latest == null ? null : latest.service(id);
        return entry == null ? List.of() : entry.destinations();
    }
}
