package io.remora.balancer;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.internal.Ticker;
import io.remora.registry.Destination;
import io.remora.registry.EndpointDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The balancer of one Destination, with the state of each of its endpoints and the affinity of its clients.
 * {@link #pick(PickContext)} and the readers are thread-safe and take no lock. What changes, by the registry's writer or
 * by the endpoints' health, changes under this object's monitor.
 */
public final class DestinationBalancer {

    private static final EndpointState[] NO_TRIALS = {};

    private final BalancerRules rules;
    private final OutcomeListener listener;
    private final Ticker ticker;
    private final DestinationHealth health;
    private final SessionAffinity affinity = new SessionAffinity();
    private final Admission admission = new Admission();
    private final RetryBudget retryBudget;
    private volatile BalancerConfig config;
    private volatile Balancer balancer;
    private volatile Candidates candidates = Candidates.NONE;
    private volatile EndpointState[] trials = NO_TRIALS; // never changed in place
    private volatile long affinityNanos; // 0: none
    private volatile Destination destination;
    private volatile Map<EndpointKey, EndpointState> states = Map.of(); // all endpoints, eligible or not
    private volatile Map<EndpointKey, EndpointState> departed = Map.of(); // with picks that are not completed
    private List<EndpointState> eligible = List.of(); // guarded by this
    private boolean begun; // guarded by this: what was there from the start is not new

    DestinationBalancer(
            Destination destination,
            BalancerRules rules,
            DestinationHealth.Factory healthFactory,
            OutcomeListener listener,
            Ticker ticker) {
        this.rules = rules;
        this.listener = listener;
        this.ticker = ticker;
        this.destination = destination;
        this.config = configOf(destination, rules);
        this.balancer = ZoneAwareBalancer.of(config);
        this.retryBudget = new RetryBudget(config.retry(), ticker.read());
        this.admission.limits(config.limits());
        this.health = healthFactory.create(destination, this::changeHealth);
        update(destination);
    }

    /**
     * As {@link Balancer#pick(PickContext)}. Where the Service has affinity, the first pick of a known client is the
     * endpoint that it is bound to.
     */
    public @Nullable Pick pick(PickContext context) {
        return pick(context, DestinationBalancer::any);
    }

    private static boolean any(EndpointState endpoint) {
        return true;
    }

    /**
     * As {@link #pick(PickContext)}, and no trial of an endpoint that cannot be reached is begun.
     *
     * @param reachable what the caller would ask of a pick; quick, for it may be called where the client's binding is made
     */
    public @Nullable Pick pick(PickContext context, Predicate<? super EndpointState> reachable) {
        IpAddress client = context.client();
        long timeout = affinityNanos;
        if (timeout == 0 || client == null || context.triedCount() > 0) {
            return choose(context, reachable);
        }
        EndpointState bound = affinity.renew(client, context.nowNanos(), timeout);
        return bound == null ? pickAndBind(client, timeout, context, reachable) : pick(bound, context);
    }

    private @Nullable Pick pickAndBind(
            IpAddress client, long timeout, PickContext context, Predicate<? super EndpointState> reachable) {
        Pick[] chosen = {null};
        EndpointState bound = affinity.bind(client, context.nowNanos(), timeout, () -> {
            Pick pick = choose(context, reachable);
            chosen[0] = pick;
            return pick == null ? null : pick.endpoint();
        });
        return chosen[0] != null || bound == null ? chosen[0] : pick(bound, context);
    }

    /** The first choice may be one that is to prove itself: a later one might be the last that the connection gets. */
    private @Nullable Pick choose(PickContext context, Predicate<? super EndpointState> reachable) {
        EndpointState[] waiting = trials;
        if (waiting.length > 0 && context.triedCount() == 0) {
            for (EndpointState endpoint : waiting) {
                EndpointHealth.Claim claim =
                        reachable.test(endpoint) ? endpoint.health().tryTrial() : null;
                if (claim != null) {
                    context.add(endpoint);
                    return new Pick(endpoint, claim);
                }
            }
        }
        return balancer.pick(context);
    }

    private static Pick pick(EndpointState endpoint, PickContext context) {
        context.add(endpoint);
        return Pick.bound(endpoint);
    }

    /**
     * Returns a pick of a given endpoint, to be completed exactly once: for what becomes of a connection that no request
     * asked for. It is the trial of an endpoint that waits for one.
     */
    public Pick pick(EndpointState endpoint) {
        return new Pick(endpoint, endpoint.health().tryTrial());
    }

    /** An endpoint took the connection: the client, if it is known, stays with it where the Service has affinity. */
    public void connected(Pick pick, PickContext context) {
        pick.connected();
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

    /** Counts the connections, and limits them. */
    public Admission admission() {
        return admission;
    }

    /** Limits the attempts after the first. */
    public RetryBudget retryBudget() {
        return retryBudget;
    }

    /** How endpoints are chosen. */
    public BalancerConfig config() {
        return config;
    }

    /** How much longer the share of an endpoint grows; zero if it is whole. */
    public Duration slowStartRemaining(EndpointState endpoint) {
        long since = endpoint.slowStartNanos();
        long elapsed = ticker.read() - since;
        Duration window = config.slowStart().window();
        return since == EndpointState.NO_SLOW_START
                        || window.minusNanos(elapsed).isNegative()
                ? Duration.ZERO
                : window.minusNanos(elapsed);
    }

    /** What is chosen from now. */
    public Candidates candidates() {
        return candidates;
    }

    /** The health of the endpoints together. */
    public DestinationHealth health() {
        return health;
    }

    /** Keeps the state of endpoints that stay, of those that are not eligible for the moment, and of those in use. */
    synchronized void update(Destination newer) {
        configure(configOf(newer, rules));
        health.updated(newer);
        Map<EndpointKey, EndpointState> next = new HashMap<>();
        Map<EndpointKey, EndpointState> gone = new HashMap<>(departed);
        List<EndpointState> allowed = new ArrayList<>(newer.eligible().size());
        for (EndpointDecision decision : newer.decisions()) {
            EndpointKey key = EndpointKey.of(decision.endpoint());
            EndpointState known = states.get(key);
            EndpointState state = known == null ? arrive(newer, decision.endpoint(), gone.remove(key)) : known;
            boolean usable = decision.eligibility().isEligible();
            if (usable && startsCold(known)) {
                state.slowStart(ticker.read());
            }
            state.update(decision.endpoint(), usable, config);
            next.put(key, state);
            if (usable) {
                allowed.add(state);
            }
        }
        eligible = allowed;
        replaceStates(next, gone);
        select();
        destination = newer;
        begun = true;
        updateAffinity(newer.service().spec().affinityTimeout());
    }

    /** @param before its state, if it was gone only for a while and is still in use */
    private EndpointState arrive(Destination newer, Endpoint endpoint, @Nullable EndpointState before) {
        EndpointState state = before == null ? new EndpointState(newer.id(), endpoint, listener, ticker) : before;
        state.health(health.added(state));
        return state;
    }

    /** What was there from the start is warm as far as anybody knows, unless it was not ready then. */
    private boolean startsCold(@Nullable EndpointState known) {
        if (!begun || known != null && known.isEligible()) {
            return false;
        }
        return known == null || !known.endpoint().conditions().ready();
    }

    /** The zone of the clients may be learned, after the rules were made. */
    private static BalancerConfig configOf(Destination destination, BalancerRules rules) {
        return rules.of(destination.service()).at(destination.client());
    }

    private void configure(BalancerConfig newer) {
        if (newer.equals(config)) {
            return;
        }
        config = newer;
        admission.limits(newer.limits());
        retryBudget.config(newer.retry());
        Balancer other = ZoneAwareBalancer.of(newer);
        other.update(candidates);
        balancer = other;
    }

    private synchronized void changeHealth(BooleanSupplier change) {
        if (change.getAsBoolean()) {
            select();
        }
    }

    /** Lets the health choose among what is eligible. What comes back from ejection starts slowly, like what is new. */
    private void select() {
        Candidates chosen = health.select(eligible);
        Set<EndpointState> usable = new HashSet<>(chosen.usable());
        for (EndpointState state : eligible) {
            if (!chosen.panic() && usable.contains(state) && returnsFromEjection(state)) {
                state.slowStart(ticker.read());
            }
        }
        balancer.update(chosen);
        candidates = chosen;
        trials = chosen.trials().toArray(NO_TRIALS);
        states.values().forEach(state -> state.usable(usable.contains(state)));
    }

    private boolean returnsFromEjection(EndpointState state) {
        return !state.isUsable() && candidates.eligible().contains(state);
    }

    private void updateAffinity(@Nullable Duration timeout) {
        affinityNanos = timeout == null ? 0 : timeout.toNanos();
        if (timeout == null) {
            affinity.clear();
        }
    }

    /** The Destination is gone, and with it all its endpoints. */
    synchronized void depart() {
        eligible = List.of();
        replaceStates(Map.of(), new HashMap<>(departed));
        select();
        health.closed();
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
                health.removed(state);
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
