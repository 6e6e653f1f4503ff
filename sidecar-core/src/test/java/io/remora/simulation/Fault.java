package io.remora.simulation;

/**
 * How an endpoint is sick.
 *
 * @param kind what it does
 * @param share of the requests that it does it to, from 0 to 1
 * @param delayNanos after which a request is reset
 */
record Fault(Kind kind, double share, long delayNanos) {

    static final Fault NONE = new Fault(Kind.NONE, 0, 0);

    enum Kind {
        NONE,
        /** Refuses to connect. */
        REFUSE,
        /** Nothing comes back of what is sent to it. */
        BLACK_HOLE,
        /** Takes the connection and resets it before it answers. */
        RESET,
        /** Takes the connection and never answers. */
        HANG
    }

    static Fault refuse() {
        return new Fault(Kind.REFUSE, 1, 0);
    }

    static Fault blackHole() {
        return new Fault(Kind.BLACK_HOLE, 1, 0);
    }

    static Fault reset(double afterSeconds) {
        return new Fault(Kind.RESET, 1, Seconds.toNanos(afterSeconds));
    }

    /** Resets a part of the requests at once. */
    static Fault resetSome(double share) {
        return new Fault(Kind.RESET, share, Seconds.toNanos(0.001));
    }

    static Fault hang() {
        return new Fault(Kind.HANG, 1, 0);
    }

    /** Whether a request that it has taken gets no answer. */
    boolean isSilent() {
        return kind == Kind.BLACK_HOLE || kind == Kind.HANG;
    }
}
