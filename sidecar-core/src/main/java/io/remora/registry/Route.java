package io.remora.registry;

import io.remora.discovery.ServiceId;
import org.jspecify.annotations.Nullable;

/** What becomes of a connection, and why. Immutable; made when a Service changes, not for each connection. */
public final class Route {

    /** The three things that can become of a connection. */
    public enum Verdict {
        /** It goes to one of the Destination's eligible endpoints. */
        FORWARD("forward"),
        /** It fails at once. */
        REJECT("reject"),
        /** It goes on to the address that was dialled, as if Remora were not there. */
        PASS_THROUGH("pass-through");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        /** As {@code explain} prints it. */
        public String text() {
            return text;
        }
    }

    /** Why. */
    public enum Cause {
        ELIGIBLE_ENDPOINTS(Verdict.FORWARD),
        /** The Destination's {@link Destination#selection} says which rule left none. */
        NO_ELIGIBLE_ENDPOINT(Verdict.REJECT),
        /** {@code spec.loadBalancerSourceRanges} does not hold the client. */
        OUTSIDE_SOURCE_RANGES(Verdict.REJECT),
        /** A ClusterIP of a known Service, and a port that the Service does not have. */
        UNDEFINED_PORT(Verdict.REJECT),
        /** {@code internalTrafficPolicy: Local} where the client's node is not known: the node's kube-proxy knows it. */
        CLIENT_NODE_UNKNOWN(Verdict.PASS_THROUGH),
        /** No known Service has the address. */
        NO_SERVICE(Verdict.PASS_THROUGH);

        private final Verdict verdict;

        Cause(Verdict verdict) {
            this.verdict = verdict;
        }

        /** What becomes of the connection. */
        public Verdict verdict() {
            return verdict;
        }
    }

    static final Route NO_SERVICE = new Route(Cause.NO_SERVICE, null, null);

    private final Cause cause;
    private final @Nullable ServiceId service;
    private final @Nullable Frontend frontend;

    private Route(Cause cause, @Nullable ServiceId service, @Nullable Frontend frontend) {
        this.cause = cause;
        this.service = service;
        this.frontend = frontend;
    }

    static Route to(Frontend frontend) {
        Destination destination = frontend.destination();
        Cause cause = destination.eligible().isEmpty() ? Cause.NO_ELIGIBLE_ENDPOINT : Cause.ELIGIBLE_ENDPOINTS;
        if (destination.selection() == Selection.NODE_UNKNOWN) {
            cause = Cause.CLIENT_NODE_UNKNOWN;
        }
        return new Route(cause, destination.id().service(), frontend);
    }

    static Route outsideSourceRanges(Frontend frontend) {
        return new Route(
                Cause.OUTSIDE_SOURCE_RANGES, frontend.destination().id().service(), frontend);
    }

    static Route undefinedPort(ServiceId service) {
        return new Route(Cause.UNDEFINED_PORT, service, null);
    }

    /** What becomes of the connection. */
    public Verdict verdict() {
        return cause.verdict;
    }

    /** Why. */
    public Cause cause() {
        return cause;
    }

    /** Why, in words. */
    public String reason() {
        Destination destination = destination();
        return switch (cause) {
            case ELIGIBLE_ENDPOINTS, NO_ELIGIBLE_ENDPOINT ->
                destination == null ? "" : destination.selection().reason();
            case OUTSIDE_SOURCE_RANGES ->
                "the client is outside the Service's loadBalancerSourceRanges "
                        + (frontend == null ? "" : frontend.sourceRanges());
            case UNDEFINED_PORT -> "the Service has no such TCP port";
            case CLIENT_NODE_UNKNOWN ->
                (destination == null ? "" : destination.selection().reason())
                        + ": the node's own kube-proxy knows it and decides";
            case NO_SERVICE -> "no Service has this address and TCP port";
        };
    }

    /** The Service that has the dialled address; null if none is known. */
    public @Nullable ServiceId service() {
        return service;
    }

    /** The address that was dialled; null if no Service port has it. */
    public @Nullable Frontend frontend() {
        return frontend;
    }

    /** Where the dialled address leads; null if no Service port has it. */
    public @Nullable Destination destination() {
        return frontend == null ? null : frontend.destination();
    }

    @Override
    public String toString() {
        return cause.verdict.text() + " (" + cause + ")" + (frontend == null ? "" : " " + frontend);
    }
}
