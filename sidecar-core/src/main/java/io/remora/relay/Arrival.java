package io.remora.relay;

import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What is found out about a connection that was accepted before anything is done for it. */
sealed interface Arrival {

    /** It was going to an address that is not the relay's. */
    record To(TransportAddress address) implements Arrival {}

    /** It may be a dial of the relay that begins on another event loop, which tells in an instant. */
    record Unsure() implements Arrival {}

    /**
     * It cannot be served.
     *
     * @param trouble what an operator should know; null if nothing
     */
    record Rejected(CloseReason reason, @Nullable String trouble) implements Arrival {}

    /** Looks where a connection was going, and marks the relay's own dial if it is one that came back. */
    static Arrival of(RelayContext context, TcpSocket socket, TransportAddress client, IpFamily family) {
        TransportAddress address;
        try {
            address = context.originalAddress().read(socket, family);
        } catch (IOException | RuntimeException e) {
            address = null;
        }
        if (socket.state() == TcpSocket.CLOSE) {
            return new Rejected(CloseReason.CLIENT_LEFT, null); // it waited in the queue and went
        }
        // Asked before the dials: one that is no longer beginning is among them.
        boolean beginning = address != null && context.ownDials().isBeginning(address);
        EdgeSocket own = address == null ? null : context.ownDials().find(client, address);
        if (own == null && beginning) {
            return new Unsure();
        }
        if (own != null) {
            own.looped = true;
            return new Rejected(
                    CloseReason.LOOP,
                    "the relay's own dial was redirected to it: the rules must leave alone the relay's uid"
                            + " and gid, or its type of service (remora.proxy-dscp)");
        }
        if (address == null || context.isOwn(address)) {
            return new Rejected(
                    CloseReason.NOT_REDIRECTED,
                    "a connection was dialled to the relay itself, or the rules that redirect are not in this namespace");
        }
        return new To(address);
    }
}
