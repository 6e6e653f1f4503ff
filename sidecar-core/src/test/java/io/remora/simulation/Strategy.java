package io.remora.simulation;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.outlier.BreakerConfig;
import io.remora.outlier.HealthConfig;
import io.remora.outlier.HealthListener;
import io.remora.outlier.OutlierConfig;
import io.remora.registry.ClientLocation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A way to lead connections to endpoints.
 *
 * @param name in results
 * @param kind Remora, or what it is compared with
 * @param maker makes the router of one client
 */
record Strategy(String name, Kind kind, Maker maker) {

    static final Strategy KUBE_PROXY = new Strategy("kube-proxy-random", Kind.BASELINE, PlainRouter::random);
    static final Strategy ROUND_ROBIN = new Strategy("plain-round-robin", Kind.BASELINE, PlainRouter::roundRobin);
    static final Strategy ORACLE = new Strategy("oracle", Kind.ORACLE, PlainRouter::oracle);
    static final Strategy DEFAULT = of(BalancerPolicy.DEFAULT);

    /** The default policy, with the client's zone preferred. */
    static final Strategy ZONE_AWARE = new Strategy(
            BalancerPolicy.DEFAULT.text() + " zone-aware",
            Kind.VARIANT,
            place -> new RemoraRouter(
                    place,
                    BalancerConfig.DEFAULT.withZones(
                            new BalancerConfig.Zones(true, ClientLocation.of(null, place.zone()), 3)),
                    HealthConfig.DEFAULT));

    /** The default policy, where resilience4j's circuit breakers eject and outlier detection does not. */
    static final Strategy BREAKERS = of(BalancerPolicy.DEFAULT.text() + " breakers", breakersOnly());

    /** Where an endpoint fails so that a breaker sees it. */
    private static final Set<String> BREAKER_SCENARIOS =
            Set.of("failing-after-accept", "partly-failing", "one-of-two-resetting");

    /** What a strategy is. */
    enum Kind {
        /** A policy of Remora's. */
        POLICY,
        /** Remora in another way than by default. */
        VARIANT,
        BASELINE,
        ORACLE;

        boolean isRemora() {
            return this == POLICY || this == VARIANT;
        }
    }

    /** Makes the router of one client. */
    interface Maker {
        Router make(Place place);
    }

    /**
     * Where a router is.
     *
     * @param zone of the client
     * @param chance what it draws from
     * @param listener hears of ejections
     */
    record Place(Run run, String zone, Chance chance, HealthListener listener) {}

    /** Remora with a policy, and all else as it is by default. */
    static Strategy of(BalancerPolicy policy) {
        return new Strategy(
                policy.text(),
                Kind.POLICY,
                place -> new RemoraRouter(place, BalancerConfig.DEFAULT.withPolicy(policy), HealthConfig.DEFAULT));
    }

    /** Remora with the default policy and any configuration of health. */
    static Strategy of(String name, HealthConfig health) {
        return new Strategy(name, Kind.VARIANT, place -> new RemoraRouter(place, BalancerConfig.DEFAULT, health));
    }

    private static HealthConfig breakersOnly() {
        OutlierConfig on = OutlierConfig.DEFAULT;
        OutlierConfig off = new OutlierConfig(
                false,
                on.consecutiveFailures(),
                on.interval(),
                on.ejectionTime(),
                on.maxEjectionPercent(),
                on.panicPercent(),
                on.successRate(),
                on.failurePercentage(),
                on.comeback());
        BreakerConfig breakers = BreakerConfig.OFF;
        return HealthConfig.DEFAULT
                .withOutlier(off)
                .withBreaker(new BreakerConfig(
                        true,
                        false,
                        breakers.failureRatePercent(),
                        breakers.window(),
                        breakers.minimumCalls(),
                        breakers.waitInOpen(),
                        breakers.permittedInHalfOpen()));
    }

    /** Every one that is compared in a scenario, in the order of the report. */
    static List<Strategy> all(Scenario scenario) {
        List<Strategy> all = new ArrayList<>(List.of(ORACLE));
        Arrays.stream(BalancerPolicy.values()).map(Strategy::of).forEach(all::add);
        if (scenario.clients().stream().distinct().count() > 1) {
            all.add(ZONE_AWARE);
        }
        if (BREAKER_SCENARIOS.contains(scenario.name())) {
            all.add(BREAKERS);
        }
        all.add(KUBE_PROXY);
        all.add(ROUND_ROBIN);
        return List.copyOf(all);
    }
}
