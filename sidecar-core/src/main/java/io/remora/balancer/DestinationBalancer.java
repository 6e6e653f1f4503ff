package io.remora.balancer;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.internal.Ticker;
import io.remora.registry.Destination;
import io.remora.registry.EndpointDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The balancer of one Destination, with the state of each of its endpoints and the affinity of its clients.
 * {@link #pick(PickContext)} and the readers are thread-safe; the registry's writer updates it.
 */
public final class DestinationBalancer {

    private final Balancer balancer;
    private final OutcomeListener listener;
    private final Ticker ticker;
    private final SessionAffinity affinity = new SessionAffinity();
    private volatile long affinityNanos; // 0: none
    private volatile Destination destination;
    private volatile Map<EndpointKey, EndpointState> states = Map.of(); // all endpoints, eligible or not
    private volatile Map<EndpointKey, EndpointState> departed = Map.of(); // with picks that are not completed

    DestinationBalancer(Balancer balancer, Destination destination, OutcomeListener listener, Ticker ticker) {
        this.balancer = balancer;
        this.listener = listener;
        this.ticker = ticker;
        this.destination = destination;
        update(destination);
    }

    /**
     * As {@link Balancer#pick(PickContext)}. Where the Service has affinity, the first pick of a known client is the
     * endpoint that it is bound to.
     */
    public @Nullable Pick pick(PickContext context) {
        IpAddress client = context.client();
        long timeout = affinityNanos;
        if (timeout == 0 || client == null || context.triedCount() > 0) {
            return balancer.pick(context);
        }
        EndpointState bound = affinity.renew(client, context.nowNanos(), timeout);
        return bound == null ? pickAndBind(client, timeout, context) : pick(bound, context);
    }

    private @Nullable Pick pickAndBind(IpAddress client, long timeout, PickContext context) {
        Pick[] chosen = {null};
        EndpointState bound = affinity.bind(client, context.nowNanos(), timeout, () -> {
            Pick pick = balancer.pick(context);
            chosen[0] = pick;
            return pick == null ? null : pick.endpoint();
        });
        return chosen[0] != null || bound == null ? chosen[0] : pick(bound, context);
    }

    private static Pick pick(EndpointState endpoint, PickContext context) {
        context.add(endpoint);
        return new Pick(endpoint);
    }

    /** An endpoint took the connection: the client, if it is known, stays with it where the Service has affinity. */
    public void connected(Pick pick, PickContext context) {
        IpAddress client = context.client();
        if (affinityNanos != 0 && client != null) {
            affinity.rebind(client, pick.endpoint(), context.nowNanos());
        }
    }

    /** Returns the endpoint that a client is bound to; null if it is bound to none. */
    public @Nullable BoundEndpoint boundTo(IpAddress client) {
        long timeout = affinityNanos;
        SessionAffinity.Bound bound = timeout == 0 ? null : affinity.find(client, ticker.read(), timeout);
        return bound == null
                ? null
                : new BoundEndpoint(bound.endpoint().endpoint(), Duration.ofNanos(bound.remainingNanos()));
    }

    /**
     * The endpoint that a client is bound to.
     *
     * @param remaining until it is not, if it makes no other connection
     */
    public record BoundEndpoint(Endpoint endpoint, Duration remaining) {}

    /** The Destination as the newest snapshot has it. */
    public Destination destination() {
        return destination;
    }

    /** Returns the state of an endpoint; null if the newest snapshot does not have it. */
    public @Nullable EndpointState state(Endpoint endpoint) {
        return states.get(EndpointKey.of(endpoint));
    }

    /** How many picks of endpoints that this Destination has no more are not completed yet. */
    int activeDeparted() {
        return activeDeparted(state -> true);
    }

    int activeDeparted(Predicate<EndpointState> counted) {
        int active = 0;
        for (EndpointState state : departed.values()) {
            active += counted.test(state) ? state.active() : 0;
        }
        return active;
    }

    /** Keeps the state of endpoints that stay, of those that are not eligible for the moment, and of those in use. */
    void update(Destination newer) {
        Map<EndpointKey, EndpointState> next = new HashMap<>();
        Map<EndpointKey, EndpointState> gone = new HashMap<>(departed);
        List<EndpointState> eligible = new ArrayList<>(newer.eligible().size());
        for (EndpointDecision decision : newer.decisions()) {
            EndpointKey key = EndpointKey.of(decision.endpoint());
            EndpointState state = states.get(key);
            if (state == null) {
                state = gone.remove(key);
            }
            boolean usable = decision.eligibility().isEligible();
            if (state == null) {
                state = new EndpointState(newer.id(), decision.endpoint(), listener);
            }
            state.update(decision.endpoint(), usable);
            next.put(key, state);
            if (usable) {
                eligible.add(state);
            }
        }
        balancer.update(eligible);
        replaceStates(next, gone);
        destination = newer;
        updateAffinity(newer.service().spec().affinityTimeout());
    }

    private void updateAffinity(@Nullable Duration timeout) {
        affinityNanos = timeout == null ? 0 : timeout.toNanos();
        if (timeout == null) {
            affinity.clear();
        }
    }

    /** The Destination is gone, and with it all its endpoints. */
    void depart() {
        balancer.update(List.of());
        replaceStates(Map.of(), new HashMap<>(departed));
        affinity.clear();
    }

    /**
     * Takes over the endpoints that there are now; of the others those stay that are still in use.
     *
     * @param gone those that departed before
     */
    private void replaceStates(Map<EndpointKey, EndpointState> next, Map<EndpointKey, EndpointState> gone) {
        states.forEach((key, state) -> {
            if (!next.containsKey(key)) {
                state.depart(ticker.read());
                gone.put(key, state);
            }
        });
        gone.values().removeIf(state -> state.active() == 0);
        departed = Map.copyOf(gone);
        states = Map.copyOf(next);
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
