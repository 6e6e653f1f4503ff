package io.remora.client;

import io.remora.balancer.Admitted;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.PickContext;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.internal.Scheduler;
import io.remora.internal.Ticker;
import io.remora.registry.Destination;
import io.remora.registry.HoldWindow;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.Selection;
import io.remora.registry.ServiceEntry;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the Service that a host means and balances the requests to it. Thread-safe; nothing blocks, and a request to a
 * Service that is known takes no lock.
 */
public final class RequestBalancer implements AutoCloseable {

    /** To a Service with affinity, all of a process's requests come from one client. */
    private static final IpAddress SELF = IpAddress.parse("127.0.0.1");

    private final ServiceRegistry registry;
    private final BalancerRegistry balancers;
    private final ServiceNames names;
    private final RequestListener listener;
    private final Ticker ticker;
    private final Supplier<? extends RandomGenerator> random;
    private final HoldWindow window;
    private final Scheduler scheduler;
    private final UnknownServices unknown;
    private final Set<HeldRequest> held = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param names what host names mean
     * @param hold how long a request waits at most until it is known what its host is
     * @param unknownTtl how long a Service that a source asked for did not find is not asked for again
     * @param scheduler ends waits
     * @param random asked by the thread that makes a request
     */
    public RequestBalancer(
            ServiceRegistry registry,
            BalancerRegistry balancers,
            ServiceNames names,
            RequestListener listener,
            Duration hold,
            Duration unknownTtl,
            Ticker ticker,
            Scheduler scheduler,
            Supplier<? extends RandomGenerator> random) {
        this.registry = registry;
        this.balancers = balancers;
        this.names = names;
        this.listener = listener;
        this.window = new HoldWindow(hold.toNanos());
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.random = random;
        this.unknown = new UnknownServices(unknownTtl);
    }

    /** What host names mean. */
    public ServiceNames names() {
        return names;
    }

    /**
     * Returns the balancer of a Service port; null if none is known, or if only the node's own proxy can balance it: under
     * {@code internalTrafficPolicy: Local} where the clients' node is not known.
     */
    public @Nullable DestinationBalancer find(ServiceTarget target) {
        ServiceEntry entry = registry.snapshot().service(target.service());
        Destination destination = entry == null ? null : choose(entry, target);
        return destination == null || destination.selection() == Selection.NODE_UNKNOWN
                ? null
                : balancers.find(destination);
    }

    /**
     * Returns the balancer of the Service port that a URL's host and port mean; empty if the request is none of ours: the
     * host is no Service, or the Service has no such port. At once where that is known, or else when the source of Services
     * has found out, or the hold time is over; while the source says nothing at all, all requests wait for it together, once.
     */
    public CompletionStage<Optional<DestinationBalancer>> lookUp(String host, int port) {
        ServiceId service = names.find(host);
        return service == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : lookUp(ServiceTarget.of(service, port));
    }

    /** As {@link #lookUp(String, int)}, of a Service port. */
    public CompletionStage<Optional<DestinationBalancer>> lookUp(ServiceTarget target) {
        RegistrySnapshot snapshot = registry.snapshot();
        boolean known = snapshot.service(target.service()) != null;
        if (closed || known || snapshot.exhaustive() || unknown.contains(target.service(), ticker.read())) {
            return CompletableFuture.completedFuture(Optional.ofNullable(find(target)));
        }
        ServiceRegistry.LookUp<Optional<ServiceEntry>> lookUp = registry.lookUp(target.service());
        CompletionStage<Optional<ServiceEntry>> answer = lookUp.result().thenApply(entry -> {
            if (entry.isEmpty()) {
                unknown.add(target.service(), ticker.read());
            }
            return entry;
        });
        long now = ticker.read();
        long left = answer.toCompletableFuture().isDone() ? 0 : window.begin(now);
        if (left <= 0) {
            lookUp.close();
            return CompletableFuture.completedFuture(Optional.ofNullable(find(target)));
        }
        HeldRequest request = new HeldRequest(lookUp, window, ticker, scheduler, now);
        held.add(request);
        CompletionStage<Void> over = request.begin(left);
        if (closed) {
            request.giveUp();
        }
        return over.thenApply(any -> {
            held.remove(request);
            return Optional.ofNullable(find(target));
        });
    }

    /**
     * No request waits any more, for nobody will answer; what is known stays in use. Called when the source of Services and the
     * scheduler end. Idempotent.
     */
    @Override
    public void close() {
        closed = true;
        held.forEach(HeldRequest::giveUp);
    }

    /** In the family of the Service's first ClusterIP, where that has endpoints: the one that a plain client would dial. */
    private static @Nullable Destination choose(ServiceEntry entry, ServiceTarget target) {
        List<Destination> all = entry.destinations();
        Destination found = null;
        for (int i = 0; i < all.size(); i++) { // no iterator: this is the path of a request
            Destination each = all.get(i);
            if (!each.id().external() && target.matches(each.port())) {
                if (found == null) {
                    found = each;
                } else if (!found.id().portName().equals(each.id().portName())) {
                    return target.portName() == null && target.portNumber() == 0 ? null : found; // which of them?
                } else if (isBetter(each, found, entry)) {
                    found = each;
                }
            }
        }
        return found;
    }

    private static boolean isBetter(Destination other, Destination held, ServiceEntry entry) {
        if (held.eligible().isEmpty() != other.eligible().isEmpty()) {
            return held.eligible().isEmpty();
        }
        List<IpAddress> clusterIps = entry.service().spec().clusterIps();
        return !clusterIps.isEmpty() && other.id().family() == clusterIps.get(0).family();
    }

    /**
     * Begins a request.
     *
     * @param header returns the value of a request's header, by its name; null if it has none
     * @return the first attempt, which must be ended
     * @throws RequestRefusedException if the Service has no endpoint, or takes no request now
     */
    public RequestAttempt begin(DestinationBalancer balancer, Function<String, @Nullable String> header)
            throws RequestRefusedException {
        RequestAttempt first = begin(balancer, header, any -> true);
        if (first == null) {
            throw new IllegalStateException(
                    "an endpoint was drawn and is not there: a bug of " + balancer.destination());
        }
        return first;
    }

    /**
     * As {@link #begin(DestinationBalancer, Function)}, for a client that keeps connections and does not wait for one. What
     * is drawn in vain does not count as picked.
     *
     * @param reachable whether the client could send to an endpoint now
     * @return the first attempt, which must be ended; null if no endpoint that may be used is reachable
     * @throws RequestRefusedException if the Service has no endpoint, or takes no request now
     */
    public @Nullable RequestAttempt begin(
            DestinationBalancer balancer,
            Function<String, @Nullable String> header,
            Predicate<? super EndpointState> reachable)
            throws RequestRefusedException {
        Destination destination = balancer.destination();
        destination.use().mark();
        Admitted admitted = new Admitted(balancer);
        Admitted.Refusal refusal = admitted.enter();
        if (refusal != null) {
            admitted.leave(Outcome.CANCELLED);
            listener.refused(destination.id(), RequestRefusedException.Reason.of(refusal));
            throw new RequestRefusedException(destination.id(), RequestRefusedException.Reason.of(refusal));
        }
        String hashHeader = balancer.config().hashOn().header();
        String key = hashHeader == null ? null : header.apply(hashHeader);
        IpAddress client = destination.service().spec().affinityTimeout() == null ? null : SELF;
        PickContext context = new PickContext(random.get(), client, key, ticker.read());
        RequestAttempt first = RequestAttempt.first(balancer, admitted, context, reachable, listener, ticker);
        if (first == null && context.triedCount() > 0) {
            return null;
        }
        if (first == null) {
            listener.refused(destination.id(), RequestRefusedException.Reason.NO_ENDPOINT);
            throw new RequestRefusedException(destination.id(), RequestRefusedException.Reason.NO_ENDPOINT);
        }
        listener.began(destination.id());
        return first;
    }
}
