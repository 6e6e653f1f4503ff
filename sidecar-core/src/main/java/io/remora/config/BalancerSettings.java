package io.remora.config;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerConfig.HashOn;
import io.remora.balancer.BalancerConfig.Latency;
import io.remora.balancer.BalancerConfig.Limits;
import io.remora.balancer.BalancerConfig.Retry;
import io.remora.balancer.BalancerConfig.SlowStart;
import io.remora.balancer.BalancerConfig.Weights;
import io.remora.balancer.BalancerConfig.Zones;
import io.remora.balancer.BalancerPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The part of the table of {@link Settings} that makes a {@link BalancerConfig}. */
final class BalancerSettings {

    private static final List<Setting<?>> ALL = new ArrayList<>();

    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final BalancerConfig DEFAULT = BalancerConfig.DEFAULT;

    static final Setting<BalancerPolicy> POLICY = add(new Setting<>(
            "policy",
            ValueTypes.choice("policy", BalancerPolicy.values(), BalancerPolicy::text),
            DEFAULT.policy(),
            "How an endpoint is chosen for a connection"));

    static final Setting<Duration> SLOW_START_WINDOW = add(new Setting<>(
            "slow-start.window",
            ValueTypes.duration(Duration.ZERO, HOUR),
            DEFAULT.slowStart().window(),
            "How long the share of a new endpoint, and of one that comes back from ejection, grows until it is whole; 0s is "
                    + "no slow start. What is there when the agent starts is not new"));

    static final Setting<Integer> SLOW_START_MIN_WEIGHT = add(new Setting<>(
            "slow-start.min-weight-percent",
            ValueTypes.percent(1, 100),
            DEFAULT.slowStart().minWeightPercent(),
            "The part of its share that such an endpoint begins with"));

    static final Setting<Duration> LATENCY_INITIAL = add(new Setting<>(
            "latency.initial",
            ValueTypes.duration(MILLISECOND, HOUR),
            DEFAULT.latency().initial(),
            "For policies that look at latency: what an endpoint counts with before it has answered anything"));

    static final Setting<Duration> LATENCY_DECAY = add(new Setting<>(
            "latency.decay",
            ValueTypes.duration(MILLISECOND, HOUR),
            DEFAULT.latency().decay(),
            "For policies that look at latency: the time in which an old measurement loses all but 1/e of its weight"));

    static final Setting<HashOn> HASH_ON = add(new Setting<>(
            "hash-on",
            ValueTypes.HASH_ON,
            DEFAULT.hashOn(),
            "For policies that hash: the client's address, or a header of the request where requests are seen"));

    static final Setting<Boolean> ZONE_AWARE = add(new Setting<>(
            "zone-aware",
            ValueTypes.either("zone-awareness", "prefer", "off"),
            DEFAULT.zones().preferred(),
            "Whether endpoints in the pod's zone are used first, beyond what the Service's topology hints say"));

    static final Setting<Integer> ZONE_AWARE_MIN_ENDPOINTS = add(new Setting<>(
            "zone-aware.min-endpoints",
            ValueTypes.integer("number", 1, 10_000),
            DEFAULT.zones().minEndpoints(),
            "With fewer usable endpoints the pod's zone is too small, and all zones are used"));

    static final Setting<Weights> WEIGHTS = add(new Setting<>(
                    "weights",
                    ValueTypes.WEIGHTS,
                    DEFAULT.weights(),
                    "Weights of endpoints against each other, by the names of their pods: the first pattern that matches"
                            + " counts, 1 where none does; a * stands for any text")
            .withScope(Setting.Scope.SERVICE));

    static final Setting<Integer> MAX_CONNECTIONS = add(new Setting<>(
            "max-connections",
            ValueTypes.integer("number", 0, Integer.MAX_VALUE),
            DEFAULT.limits().maxConnections(),
            "Connections of this pod to one Service port that may be open at once; one more is reset. 0 is no limit"));

    static final Setting<Integer> MAX_PENDING = add(new Setting<>(
            "max-pending",
            ValueTypes.integer("number", 0, Integer.MAX_VALUE),
            DEFAULT.limits().maxPending(),
            "Those of them that may wait for an endpoint to take them; one more is reset. 0 is no limit"));

    static final Setting<Integer> RETRY_BUDGET = add(new Setting<>(
            "retry.budget-percent",
            ValueTypes.percent(0, 1000),
            DEFAULT.retry().budgetPercent(),
            "Each connection pays in so much, in percent of a connect, for connects after the first; each of those takes a "
                    + "whole one out, and is not made where there is none"));

    static final Setting<Integer> RETRY_MIN = add(new Setting<>(
            "retry.min-per-second",
            ValueTypes.integer("number", 0, 1_000_000),
            DEFAULT.retry().minPerSecond(),
            "Each second pays in so many such connects, however few connections there are, and what 10 s bring is there at "
                    + "the start"));

    private BalancerSettings() {}

    static List<Setting<?>> all() {
        return List.copyOf(ALL);
    }

    /**
     * Reads them.
     *
     * @param base what holds where a value is not given
     */
    static BalancerConfig read(ValueReader values, BalancerConfig base) {
        BalancerPolicy policy = values.get(POLICY, base.policy());
        SlowStart slowStart = slowStart(values, base.slowStart());
        Latency latency = latency(values, base.latency());
        HashOn hashOn = values.get(HASH_ON, base.hashOn());
        Zones zones = zones(values, base.zones());
        Weights weights = values.get(WEIGHTS, base.weights());
        Limits limits = limits(values, base.limits());
        Retry retry = retry(values, base.retry());
        return new BalancerConfig(policy, slowStart, latency, hashOn, zones, weights, limits, retry);
    }

    private static SlowStart slowStart(ValueReader values, SlowStart base) {
        Duration window = values.get(SLOW_START_WINDOW, base.window());
        int minWeight = values.get(SLOW_START_MIN_WEIGHT, base.minWeightPercent());
        return values.build(() -> new SlowStart(window, minWeight), base, SLOW_START_WINDOW, SLOW_START_MIN_WEIGHT);
    }

    private static Latency latency(ValueReader values, Latency base) {
        Duration initial = values.get(LATENCY_INITIAL, base.initial());
        Duration decay = values.get(LATENCY_DECAY, base.decay());
        return values.build(() -> new Latency(initial, decay), base, LATENCY_INITIAL, LATENCY_DECAY);
    }

    private static Zones zones(ValueReader values, Zones base) {
        boolean preferred = values.get(ZONE_AWARE, base.preferred());
        int minEndpoints = values.get(ZONE_AWARE_MIN_ENDPOINTS, base.minEndpoints());
        return values.build(
                () -> new Zones(preferred, base.client(), minEndpoints), base, ZONE_AWARE, ZONE_AWARE_MIN_ENDPOINTS);
    }

    private static Limits limits(ValueReader values, Limits base) {
        int maxConnections = values.get(MAX_CONNECTIONS, base.maxConnections());
        int maxPending = values.get(MAX_PENDING, base.maxPending());
        return values.build(() -> new Limits(maxConnections, maxPending), base, MAX_CONNECTIONS, MAX_PENDING);
    }

    private static Retry retry(ValueReader values, Retry base) {
        int budget = values.get(RETRY_BUDGET, base.budgetPercent());
        int perSecond = values.get(RETRY_MIN, base.minPerSecond());
        return values.build(() -> new Retry(budget, perSecond), base, RETRY_BUDGET, RETRY_MIN);
    }

    private static <T> Setting<T> add(Setting<T> setting) {
        Setting<T> ofServices =
                setting.scope() == Setting.Scope.SERVICE ? setting : setting.withScope(Setting.Scope.AGENT_AND_SERVICE);
        ALL.add(ofServices);
        return ofServices;
    }
}
