package io.remora.registry;

/** Why an endpoint may, or may not, be used. */
public enum Eligibility {
    READY(true, "ready"),
    /** {@code hints.forNodes} (KEP-3015). */
    HINTED_FOR_NODE(true, "ready, and hinted for the client's node"),
    /** {@code hints.forZones} (KEP-2433). */
    HINTED_FOR_ZONE(true, "ready, and hinted for the client's zone"),
    /** {@code internalTrafficPolicy: Local} (KEP-2086). */
    READY_ON_NODE(true, "ready, on the client's node"),
    /** The fallback of KEP-1669: no endpoint is ready, so those that still serve while they terminate are used. */
    SERVING_TERMINATING(true, "serving while terminating, used because no endpoint is ready"),
    /** The same fallback, among the endpoints on the client's node. */
    SERVING_TERMINATING_ON_NODE(
            true, "serving while terminating, used because no endpoint on the client's node is ready"),
    NOT_READY(false, "not ready"),
    TERMINATING(false, "terminating, and others are ready"),
    TERMINATING_NOT_SERVING(false, "terminating and no longer serving"),
    HINTED_FOR_OTHER_NODES(false, "ready, but hinted for other nodes"),
    HINTED_FOR_OTHER_ZONES(false, "ready, but hinted for other zones"),
    ON_ANOTHER_NODE(false, "not on the client's node, and internalTrafficPolicy is Local"),
    CLIENT_NODE_UNKNOWN(false, "internalTrafficPolicy is Local, and the client's node is not known");

    private final boolean eligible;
    private final String reason;

    Eligibility(boolean eligible, String reason) {
        this.eligible = eligible;
        this.reason = reason;
    }

    /** Whether the endpoint may be used. */
    public boolean isEligible() {
        return eligible;
    }

    /** The reason, for people. */
    public String reason() {
        return reason;
    }
}
