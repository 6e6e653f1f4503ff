package io.remora.relay;

import io.remora.balancer.Outcome;

/** What the end of a connection says about those that it went to. */
final class Blame {

    private Blame() {}

    /** Of a connection that no endpoint took: about the Destination, all of whose endpoints that were tried are meant. */
    static Outcome unconnected(CloseReason reason) {
        return switch (reason) {
            case CONNECT_FAILED -> Outcome.UNREACHABLE;
            case LOCAL_ERROR, LOOP -> Outcome.LOCAL_ERROR;
            default -> Outcome.CANCELLED;
        };
    }

    /**
     * Of a connection that was relayed: about its endpoint. An end in order is a success also where the endpoint sent
     * nothing, as a server that only takes does. A client that reset the connection, or had ended its stream before the
     * endpoint reset it, most likely did not wait any more, and the endpoint may have reset it for that: it is not blamed,
     * at the price that it is not either for resetting those that end their stream behind their only request.
     *
     * @param answered whether the endpoint sent a byte
     * @param clientEnded whether the client had ended its stream when the first side was reset
     */
    static Outcome relayed(CloseReason reason, boolean answered, boolean clientEnded) {
        if (reason == CloseReason.LOCAL_ERROR || reason == CloseReason.LOOP) {
            return Outcome.LOCAL_ERROR;
        }
        if (answered || reason == CloseReason.COMPLETED) {
            return Outcome.SUCCESS;
        }
        return reason == CloseReason.UPSTREAM_RESET && !clientEnded ? Outcome.RESET : Outcome.CANCELLED;
    }
}
