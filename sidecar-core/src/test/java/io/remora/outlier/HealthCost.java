package io.remora.outlier;

import io.remora.balancer.EndpointHealth;
import io.remora.balancer.Outcome;

/** Measures, by hand, what health adds to the end of a pick: {@code java -cp ... io.remora.outlier.HealthCost}. */
final class HealthCost {

    private static final int CALLS = 50_000_000;

    private HealthCost() {}

    /** Prints nanoseconds a call; the first lines are warm-up. */
    public static void main(String[] args) {
        for (int round = 0; round < 4; round++) {
            measure("succeeded, failures in a row only", HealthFixture.ROW, false);
            measure("succeeded, all default rules", HealthConfig.DEFAULT, false);
            measure("succeeded, off", HealthConfig.OFF, false);
            measure("failed and succeeded in turn, default", HealthConfig.DEFAULT, true);
            measure("succeeded, with a breaker", HealthConfig.DEFAULT.withBreaker(BreakerTest.PER_ENDPOINT), false);
        }
    }

    private static void measure(String what, HealthConfig config, boolean failing) {
        EndpointHealth health = HealthFixture.of(config, 3).endpoint(1).health();
        long began = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            if (failing && (i & 1) == 0) {
                health.failed(Outcome.RESET, null);
            } else {
                health.succeeded(null);
            }
        }
        System.out.printf("%-45s %6.1f ns%n", what, (System.nanoTime() - began) / (double) CALLS);
    }
}
