package io.remora.lab.e2e.decisions;

import java.util.List;

/**
 * What becomes of the first packet of a connection.
 *
 * @param endpoints where it may go, in the order of their text; only for {@link Verdict#FORWARD}
 * @param affinitySeconds how long the client stays with its endpoint; 0 if not at all
 */
record Fate(Verdict verdict, List<String> endpoints, long affinitySeconds) {

    enum Verdict {
        /** To one of the endpoints. */
        FORWARD,
        /** Answered with an error. */
        REJECT,
        /** Lost without an answer. */
        DROP,
        /** No rule concerns it: to where it is addressed. */
        PASS_THROUGH
    }

    Fate {
        endpoints = endpoints.stream().sorted().toList();
    }

    static Fate of(Verdict verdict) {
        return new Fate(verdict, List.of(), 0);
    }

    /** For a client of a proxy that fails at once where kube-proxy lets a packet get lost. */
    Fate withoutDrop() {
        return verdict == Verdict.DROP ? of(Verdict.REJECT) : this;
    }

    @Override
    public String toString() {
        return verdict == Verdict.FORWARD ? endpoints + ", affinity " + affinitySeconds + " s" : verdict.toString();
    }
}
