package io.remora.balancer;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.registry.Destination;
import io.remora.registry.EndpointDecision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The balancer of one Destination, with the state of each of its endpoints. {@link #pick(PickContext)} and the readers
 * are thread-safe; the registry's writer updates it.
 */
public final class DestinationBalancer {

    private final Balancer balancer;
    private final OutcomeListener listener;
    private volatile Destination destination;
    private volatile Map<EndpointKey, EndpointState> states = Map.of(); // all endpoints, eligible or not

    DestinationBalancer(Balancer balancer, Destination destination, OutcomeListener listener) {
        this.balancer = balancer;
        this.listener = listener;
        this.destination = destination;
        update(destination);
    }

    /** As {@link Balancer#pick(PickContext)}. */
    public @Nullable Pick pick(PickContext context) {
        return balancer.pick(context);
    }

    /** The Destination as the newest snapshot has it. */
    public Destination destination() {
        return destination;
    }

    /** Returns the state of an endpoint; null if the newest snapshot does not have it. */
    public @Nullable EndpointState state(Endpoint endpoint) {
        return states.get(EndpointKey.of(endpoint));
    }

    /** Keeps the state of endpoints that stay, also of those that are not eligible for the moment. */
    void update(Destination newer) {
        Map<EndpointKey, EndpointState> next = new HashMap<>();
        List<EndpointState> eligible = new ArrayList<>(newer.eligible().size());
        for (EndpointDecision decision : newer.decisions()) {
            EndpointKey key = EndpointKey.of(decision.endpoint());
            EndpointState state = states.get(key);
            if (state == null) {
                state = new EndpointState(newer.id(), decision.endpoint(), listener);
            } else {
                state.update(decision.endpoint());
            }
            next.put(key, state);
            if (decision.eligibility().isEligible()) {
                eligible.add(state);
            }
        }
        states = Map.copyOf(next);
        destination = newer;
        balancer.update(eligible);
    }

    /** An address reused by another pod is another endpoint. */
    private record EndpointKey(
            IpAddress ip, int port, @Nullable String uid) {

        static EndpointKey of(Endpoint endpoint) {
            return new EndpointKey(
                    endpoint.ip(),
                    endpoint.port(),
                    endpoint.target() == null ? null : endpoint.target().uid());
        }
    }
}
