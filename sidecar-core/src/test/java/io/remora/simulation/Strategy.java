package io.remora.simulation;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.outlier.HealthConfig;
import io.remora.outlier.HealthListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A way to lead connections to endpoints.
 *
 * @param name in results
 * @param kind Remora, or what it is compared with
 * @param maker makes the router of one client
 */
record Strategy(String name, Kind kind, Maker maker) {

    static final Strategy KUBE_PROXY = new Strategy(
            "kube-proxy-random",
            Kind.BASELINE,
            place -> PlainRouter.random(place.run().clock(), place.chance()));

    static final Strategy ROUND_ROBIN = new Strategy(
            "plain-round-robin",
            Kind.BASELINE,
            place -> PlainRouter.roundRobin(place.run().clock()));

    static final Strategy ORACLE = new Strategy(
            "oracle",
            Kind.ORACLE,
            place -> PlainRouter.oracle(
                    place.run().clock(), place.chance(), place.run().scenario()));

    /** What a strategy is. */
    enum Kind {
        REMORA,
        BASELINE,
        ORACLE
    }

    /** Makes the router of one client. */
    interface Maker {
        Router make(Place place);
    }

    /**
     * Where a router is.
     *
     * @param chance what it draws from
     * @param listener hears of ejections
     */
    record Place(Run run, Chance chance, HealthListener listener) {}

    /** Remora with a policy, and all else as it is by default. */
    static Strategy of(BalancerPolicy policy) {
        return of(policy.text(), BalancerConfig.DEFAULT.withPolicy(policy), HealthConfig.DEFAULT);
    }

    /** Remora with any configuration. */
    static Strategy of(String name, BalancerConfig config, HealthConfig health) {
        return new Strategy(
                name,
                Kind.REMORA,
                place -> new RemoraRouter(place.run().clock(), place.chance(), config, health, place.listener()));
    }

    /** Every one that is compared, in the order of the report. */
    static List<Strategy> all() {
        List<Strategy> all = new ArrayList<>(List.of(ORACLE));
        Arrays.stream(BalancerPolicy.values()).map(Strategy::of).forEach(all::add);
        all.add(KUBE_PROXY);
        all.add(ROUND_ROBIN);
        return List.copyOf(all);
    }
}
