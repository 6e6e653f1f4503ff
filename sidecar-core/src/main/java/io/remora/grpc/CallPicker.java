package io.remora.grpc;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Metadata;
import io.grpc.Status;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.client.RequestAttempt;
import io.remora.client.RequestBalancer;
import io.remora.client.RequestRefusedException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Picks an endpoint for each call, among those that have a connection. Thread-safe, without a lock. */
final class CallPicker extends SubchannelPicker {

    private static final Map<String, Optional<Metadata.Key<String>>> KEYS =
            new ConcurrentHashMap<>(); // few: settings name them

    private final RequestBalancer requests;
    private final DestinationBalancer balancer;
    private final Map<EndpointState, EndpointLink> links;
    private final Runnable again;

    /** @param again asked for another picker, when what was picked in vain might be picked then */
    CallPicker(
            RequestBalancer requests,
            DestinationBalancer balancer,
            Map<EndpointState, EndpointLink> links,
            Runnable again) {
        this.requests = requests;
        this.balancer = balancer;
        this.links = Map.copyOf(links);
        this.again = again;
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs args) {
        RequestAttempt attempt;
        try {
            attempt = requests.begin(balancer, name -> header(args.getHeaders(), name), this::isReachable);
        } catch (RequestRefusedException e) {
            return refuse(e);
        }
        EndpointLink link = attempt == null ? null : links.get(attempt.endpoint());
        return attempt == null || link == null ? unreachable() : link.lend(attempt);
    }

    private boolean isReachable(EndpointState endpoint) {
        EndpointLink link = links.get(endpoint);
        return link != null && link.isReady();
    }

    private PickResult refuse(RequestRefusedException refusal) {
        String text = refusal.getMessage();
        return switch (refusal.reason()) {
            case NO_ENDPOINT -> {
                again.run(); // nobody tells when an ejection ends, and a call may wait for it
                yield PickResult.withError(Status.UNAVAILABLE.withDescription(text));
            }
            case LIMIT -> PickResult.withDrop(Status.RESOURCE_EXHAUSTED.withDescription(text));
            case BREAKER_OPEN -> PickResult.withDrop(Status.UNAVAILABLE.withDescription(text));
        };
    }

    /** What may be used has no connection: it is waited for, unless it is known to be no use. */
    private PickResult unreachable() {
        again.run();
        Status failure = null;
        for (EndpointState endpoint : balancer.candidates().usable()) {
            EndpointLink link = links.get(endpoint);
            failure = link == null ? null : link.failure();
            if (failure == null) {
                return PickResult.withNoResult();
            }
        }
        return failure == null ? PickResult.withNoResult() : PickResult.withError(ofFailure(balancer, failure));
    }

    /** Returns what calls end with if no endpoint can be connected to. */
    static Status ofFailure(DestinationBalancer balancer, Status failure) {
        String cause = failure.getCause() == null
                ? failure.getDescription()
                : failure.getCause().getMessage();
        return Status.UNAVAILABLE
                .withDescription("no endpoint of Service " + balancer.destination()
                        + " that may be used takes a connection; the last one said: " + cause)
                .withCause(failure.getCause());
    }

    private static @Nullable String header(Metadata headers, String name) {
        Optional<Metadata.Key<String>> key = KEYS.get(name);
        if (key == null) {
            key = KEYS.computeIfAbsent(name, CallPicker::key);
        }
        return key.isEmpty() ? null : headers.get(key.get());
    }

    /** Returns nothing for a name that no text header of gRPC has, as those of HTTP/2 itself and of bytes. */
    private static Optional<Metadata.Key<String>> key(String name) {
        try {
            return Optional.of(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
