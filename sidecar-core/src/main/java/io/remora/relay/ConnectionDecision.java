package io.remora.relay;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.Outcome;
import io.remora.discovery.TransportAddress;
import io.remora.registry.DestinationId;
import io.remora.registry.Route;
import io.remora.registry.Selection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about a connection, and why, as far as it had come when it was looked at. Immutable.
 *
 * @param id unique in the life of the relay; later connections have higher ones
 * @param openedNanos when it was accepted: a reading of the relay's clock
 * @param client who dialled
 * @param original where it was going; null if that could not be told
 * @param destination the Service port it belongs to; null if it is passed through or not known yet
 * @param cause what the registry said of its address; null if it was not asked yet
 * @param choice how an endpoint was, or is to be, chosen; null where none is
 * @param upstream what took it; null if nothing has
 * @param missed the connect attempts that did not get it, in the order in which they ended
 * @param end null while it lives
 */
public record ConnectionDecision(
        long id,
        long openedNanos,
        TransportAddress client,
        @Nullable TransportAddress original,
        @Nullable DestinationId destination,
        Route.@Nullable Cause cause,
        @Nullable Choice choice,
        ConnectionPhase phase,
        @Nullable TransportAddress upstream,
        List<Attempt> missed,
        @Nullable End end) {

    public ConnectionDecision {
        missed = List.copyOf(missed);
    }

    /**
     * What an endpoint was chosen from and by.
     *
     * @param selection by which rule the eligible endpoints were selected
     * @param eligible endpoints that the Service's rules allowed
     * @param usable those of them that health allowed as well
     * @param panic whether so many were ejected that all were usable
     * @param bound whether the client was bound to the endpoint by affinity; false until one took the connection
     * @param trial whether the endpoint was ejected and had to prove itself; false until one took the connection
     */
    public record Choice(
            BalancerPolicy policy,
            Selection selection,
            int eligible,
            int usable,
            boolean panic,
            boolean bound,
            boolean trial) {}

    /**
     * A connect attempt that did not get the connection.
     *
     * @param time from its start
     */
    public record Attempt(TransportAddress address, Outcome outcome, Duration time) {}

    /**
     * How it ended.
     *
     * @param sent bytes from downstream that upstream took
     * @param received bytes from upstream that downstream took
     * @param lasted time since it was accepted
     */
    public record End(CloseReason reason, long sent, long received, Duration lasted) {}
}
