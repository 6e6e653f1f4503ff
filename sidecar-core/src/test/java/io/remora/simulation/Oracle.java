package io.remora.simulation;

import java.util.List;

/** Chooses as one could who knew the script and every queue. It cannot move a connection, nor see the future. */
final class Oracle {

    private final Scenario scenario;
    private final String zone;
    private final double unloaded; // nothing costs less

    /** An oracle for a client in a zone. */
    Oracle(Scenario scenario, String zone) {
        this.scenario = scenario;
        this.zone = zone;
        this.unloaded = cost(1, PodSpec.GOOD.roundTripNanos());
    }

    SimulatedEndpoint choose(List<SimulatedEndpoint> endpoints, Chance chance) {
        int size = endpoints.size();
        int start = chance.nextInt(size); // who is first among equals is up to chance
        SimulatedEndpoint best = endpoints.get(start);
        double least = Double.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            SimulatedEndpoint endpoint = endpoints.get((start + i) % size);
            double cost = cost(endpoint);
            if (cost < least) {
                least = cost;
                best = endpoint;
                if (!scenario.longLived() && cost <= unloaded) {
                    break;
                }
            }
        }
        return best;
    }

    private double cost(SimulatedEndpoint endpoint) {
        if (endpoint.fault().kind() != Fault.Kind.NONE) {
            return Double.MAX_VALUE;
        }
        return scenario.longLived()
                ? endpoint.expectedCrowding()
                : cost(endpoint.expectedServices(), endpoint.spec().roundTripNanos(zone));
    }

    private double cost(double services, long roundTripNanos) {
        return services * scenario.meanSeconds() + Seconds.of(roundTripNanos);
    }
}
