package io.remora.relay;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.Candidates;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.balancer.Pick;
import io.remora.discovery.TransportAddress;
import io.remora.registry.DestinationId;
import io.remora.registry.Route;
import io.remora.registry.Selection;
import io.remora.relay.ConnectionDecision.Attempt;
import io.remora.relay.ConnectionDecision.Choice;
import io.remora.relay.ConnectionDecision.End;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one connection, and why, noted while it happens. It stays among the {@linkplain RecentDecisions recent
 * ones} when its connection is over, so it holds nothing that is big or has to be closed. The connection's event loop owns
 * it.
 */
final class ConnectionTrace {

    final long id;
    final TransportAddress client;
    final long openedNanos;
    ConnectionPhase phase = ConnectionPhase.OPENING;

    /** Where it was going; null until that is read. */
    @Nullable
    TransportAddress original;

    /** The Service port that it belongs to; null until that is known, and if it is passed through. */
    @Nullable
    DestinationId destination;

    /** What the registry said; null until it is asked. */
    Route.@Nullable Cause cause;

    private @Nullable Selection selection;
    private @Nullable BalancerPolicy policy; // null where nothing is chosen
    private int eligible;
    private int usable;
    private boolean panic;
    private boolean bound;
    private boolean trial;
    private @Nullable InetSocketAddress upstream;
    private @Nullable List<Attempt> missed; // most connections have none
    private @Nullable CloseReason reason; // null while it lives
    private long endedNanos;
    private long sent;
    private long received;

    ConnectionTrace(long id, TransportAddress client, long openedNanos) {
        this.id = id;
        this.client = client;
        this.openedNanos = openedNanos;
    }

    /** An endpoint is about to be chosen. */
    void choosing(DestinationBalancer balancer) {
        Candidates candidates = balancer.candidates();
        selection = balancer.destination().selection();
        policy = balancer.config().policy();
        eligible = candidates.eligible().size();
        usable = candidates.usable().size();
        panic = candidates.panic();
    }

    /** A connect attempt did not get it. */
    void missed(Target target, Outcome outcome, long nanos) {
        if (missed == null) {
            missed = new ArrayList<>(1);
        }
        missed.add(new Attempt(TransportAddress.tcp(target.address()), outcome, Duration.ofNanos(nanos)));
    }

    /** Something took it. */
    void connected(Target target) {
        phase = ConnectionPhase.RELAYING;
        upstream = target.address();
        Pick pick = target.pick();
        if (pick != null) {
            bound = pick.isBound();
            trial = pick.isTrial();
        }
    }

    /** It is over. */
    void ended(CloseReason why, long bytesSent, long bytesReceived, long nowNanos) {
        phase = ConnectionPhase.CLOSED;
        reason = why;
        sent = bytesSent;
        received = bytesReceived;
        endedNanos = nowNanos;
    }

    /** What took it; null if nothing has. */
    @Nullable
    TransportAddress upstream() {
        return upstream == null ? null : TransportAddress.tcp(upstream);
    }

    /**
     * Whether a text is part of its Service's name or of one of its addresses.
     *
     * @param text in lower case
     */
    boolean mentions(String text) {
        return holds(destination, text) || holds(original, text) || holds(client, text) || holds(upstream(), text);
    }

    private static boolean holds(@Nullable Object value, String text) {
        return value != null && value.toString().toLowerCase(Locale.ROOT).contains(text);
    }

    ConnectionDecision decision() {
        return new ConnectionDecision(
                id,
                openedNanos,
                client,
                original,
                destination,
                cause,
                policy == null || selection == null
                        ? null
                        : new Choice(policy, selection, eligible, usable, panic, bound, trial),
                phase,
                upstream(),
                missed == null ? List.of() : missed,
                reason == null ? null : new End(reason, sent, received, Duration.ofNanos(endedNanos - openedNanos)));
    }
}
