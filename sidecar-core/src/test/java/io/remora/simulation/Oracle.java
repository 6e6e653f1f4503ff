package io.remora.simulation;

import java.util.List;

/** Chooses as one could who knew the script and every queue. It cannot move a connection, nor see the future. */
final class Oracle {

    private Oracle() {}

    static SimulatedEndpoint choose(List<SimulatedEndpoint> endpoints, Chance chance, Scenario scenario) {
        int size = endpoints.size();
        int start = chance.nextInt(size); // who is first among equals is up to chance
        SimulatedEndpoint best = endpoints.get(start);
        double least = Double.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            SimulatedEndpoint endpoint = endpoints.get((start + i) % size);
            double cost = cost(endpoint, scenario);
            if (cost < least) {
                least = cost;
                best = endpoint;
                if (!scenario.longLived() && cost <= unloaded(scenario)) {
                    break;
                }
            }
        }
        return best;
    }

    private static double unloaded(Scenario scenario) {
        return 1 * scenario.meanSeconds() + 2 * Seconds.of(PodSpec.GOOD.roundTripNanos());
    }

    private static double cost(SimulatedEndpoint endpoint, Scenario scenario) {
        double good = scenario.longLived()
                ? endpoint.expectedCrowding()
                : endpoint.expectedServices() * scenario.meanSeconds()
                        + 2 * Seconds.of(endpoint.spec().roundTripNanos());
        double failing = endpoint.fault().share();
        return good * (1 - failing) + Seconds.of(Run.DEADLINE_NANOS) * failing * 1000;
    }
}
