package io.remora.outlier;

import io.remora.balancer.Outcome;

/**
 * How much a failure says about an endpoint, in halves of a failure of {@link OutlierConfig#consecutiveFailures()}.
 * Nothing listens behind a refusal, so two of them reach the default of 3. A connect that another endpoint overtook may be
 * one lost packet.
 */
final class FailureWeights {

    /** The weight that counts as one failure. */
    static final int ONE = 2;

    private FailureWeights() {}

    static int of(Outcome outcome) {
        return switch (outcome) {
            case REFUSED, UNREACHABLE -> 5;
            case RESET, TIMEOUT, SERVER_ERROR -> ONE;
            case SLOW -> 1;
            case SUCCESS, CANCELLED, LOCAL_ERROR -> 0;
        };
    }
}
