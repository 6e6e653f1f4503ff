package io.remora.relay;

import io.remora.discovery.TransportAddress;
import io.remora.registry.DestinationId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A live connection, as it was when it was looked at. Immutable.
 *
 * @param id unique in the life of the relay
 * @param client who dialled
 * @param original where it was going
 * @param destination the Service port it belongs to; null if it is passed through or not known yet
 * @param phase how far it has come
 * @param upstream the endpoint that is connected; null if none is yet
 * @param age time since it was accepted
 * @param sent bytes from downstream that upstream took
 * @param received bytes from upstream that downstream took
 */
public record ConnectionView(
        long id,
        TransportAddress client,
        TransportAddress original,
        @Nullable DestinationId destination,
        ConnectionPhase phase,
        @Nullable TransportAddress upstream,
        Duration age,
        long sent,
        long received) {}
