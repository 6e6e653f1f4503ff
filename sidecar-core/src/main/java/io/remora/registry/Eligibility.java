package io.remora.registry;

/** Why an endpoint may, or may not, be used. */
public enum Eligibility {
    READY(true, "ready"),
    /** The fallback of KEP-1669: no endpoint is ready, so those that still serve while they terminate are used. */
    SERVING_TERMINATING(true, "serving while terminating, used because no endpoint is ready"),
    NOT_READY(false, "not ready"),
    TERMINATING(false, "terminating, and others are ready"),
    TERMINATING_NOT_SERVING(false, "terminating and no longer serving");

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
