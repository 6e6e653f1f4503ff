package io.remora.balancer;

import io.remora.discovery.Endpoint;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.registry.ClientLocation;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the endpoints of one Destination are balanced. Immutable and validated.
 *
 * @param policy the algorithm
 * @param slowStart how new endpoints, and those that come back from ejection, get their share
 * @param latency how the policies that look at latency estimate it
 * @param hashOn what the policy {@code maglev} hashes
 * @param zones whether the client's zone is preferred
 * @param weights by patterns of pod names
 * @param limits how much may be under way at once
 * @param retry how many attempts more than one a connection are allowed
 */
public record BalancerConfig(
        BalancerPolicy policy,
        SlowStart slowStart,
        Latency latency,
        HashOn hashOn,
        Zones zones,
        Weights weights,
        Limits limits,
        Retry retry) {

    /** Every default. */
    public static final BalancerConfig DEFAULT = new BalancerConfig(
            BalancerPolicy.DEFAULT,
            SlowStart.DEFAULT,
            Latency.DEFAULT,
            HashOn.CLIENT,
            Zones.DEFAULT,
            Weights.EVEN,
            Limits.UNLIMITED,
            Retry.DEFAULT);

    /** Returns this configuration with another policy. */
    public BalancerConfig withPolicy(BalancerPolicy other) {
        return new BalancerConfig(other, slowStart, latency, hashOn, zones, weights, limits, retry);
    }

    /** Returns this configuration with another slow start. */
    public BalancerConfig withSlowStart(SlowStart other) {
        return new BalancerConfig(policy, other, latency, hashOn, zones, weights, limits, retry);
    }

    /** Returns this configuration with other zones. */
    public BalancerConfig withZones(Zones other) {
        return new BalancerConfig(policy, slowStart, latency, hashOn, other, weights, limits, retry);
    }

    /** Returns this configuration with other weights. */
    public BalancerConfig withWeights(Weights other) {
        return new BalancerConfig(policy, slowStart, latency, hashOn, zones, other, limits, retry);
    }

    /** Returns this configuration for clients at a place, if it does not know their zone and the place does. */
    BalancerConfig at(ClientLocation client) {
        boolean known = zones.client().zone() != null || client.zone() == null;
        return known ? this : withZones(zones.withClient(client));
    }

    /**
     * Slow start (Envoy {@code SlowStartConfig}): the share of an endpoint grows from a part of its own to all of it.
     *
     * @param window how long it takes; zero turns it off
     * @param minWeightPercent what it begins with, 1 to 100
     */
    public record SlowStart(Duration window, int minWeightPercent) {

        /** 30 s, from a tenth. */
        public static final SlowStart DEFAULT = new SlowStart(Duration.ofSeconds(30), 10);

        /** No slow start. */
        public static final SlowStart OFF = new SlowStart(Duration.ZERO, 100);

        public SlowStart {
            if (window.isNegative()) {
                throw new IllegalArgumentException("the slow start window must not be negative: " + window);
            }
            if (minWeightPercent < 1 || minWeightPercent > 100) {
                throw new IllegalArgumentException(
                        "the slow start's first weight must be 1-100 %: " + minWeightPercent);
            }
        }
    }

    /**
     * The moving average of an endpoint's latency.
     *
     * @param initial what an endpoint counts with before it answered anything
     * @param decay in which an old measurement loses all but 1/e of its weight
     */
    public record Latency(Duration initial, Duration decay) {

        /** 30 ms and 10 s, as Linkerd has them. */
        public static final Latency DEFAULT = new Latency(Duration.ofMillis(30), Duration.ofSeconds(10));

        public Latency {
            if (initial.isNegative() || initial.isZero()) {
                throw new IllegalArgumentException("the first latency must be positive: " + initial);
            }
            if (decay.toMillis() < 1) {
                throw new IllegalArgumentException("the latency's decay must be 1 ms at least: " + decay);
            }
        }
    }

    /**
     * What is hashed to an endpoint.
     *
     * @param header a request header, where requests are seen; null for the client's address, which also stands in for a
     *     header that a request does not have
     */
    public record HashOn(@Nullable String header) {

        /** The client's address. */
        public static final HashOn CLIENT = new HashOn(null);
    }

    /**
     * Preference of the client's zone.
     *
     * @param preferred whether endpoints of the client's zone are used first
     * @param client where the clients run
     * @param minEndpoints below so many usable endpoints the zone is too small: all zones are used
     */
    public record Zones(boolean preferred, ClientLocation client, int minEndpoints) {

        /** Zones do not matter beyond what the EndpointSlices' hints say. */
        public static final Zones DEFAULT = new Zones(false, ClientLocation.UNKNOWN, 3);

        public Zones {
            if (minEndpoints < 1) {
                throw new IllegalArgumentException(
                        "the fewest endpoints of a preferred zone must be 1 or more: " + minEndpoints);
            }
        }

        /** Returns the same preference for clients elsewhere. */
        public Zones withClient(ClientLocation other) {
            return new Zones(preferred, other, minEndpoints);
        }
    }

    /**
     * Weights of endpoints by their pod's name: the first pattern that matches counts, and 1 where none does. A {@code *}
     * stands for any text.
     *
     * @param byPattern weights of 1 to 1000, in the order in which they are looked at
     */
    public record Weights(Map<String, Integer> byPattern) {

        /** All alike. */
        public static final Weights EVEN = new Weights(Map.of());

        /** The largest weight. */
        public static final int MAX = 1000;

        public Weights {
            for (Map.Entry<String, Integer> each : byPattern.entrySet()) {
                if (each.getValue() < 1 || each.getValue() > MAX) {
                    throw new IllegalArgumentException(
                            "the weight of " + each.getKey() + " must be 1-" + MAX + ": " + each.getValue());
                }
            }
            byPattern = Collections.unmodifiableMap(new LinkedHashMap<>(byPattern));
        }

        /** Returns the weight of an endpoint. */
        public int of(Endpoint endpoint) {
            TargetRef target = endpoint.target();
            if (target != null) {
                for (Map.Entry<String, Integer> each : byPattern.entrySet()) {
                    if (matches(each.getKey(), target.name())) {
                        return each.getValue();
                    }
                }
            }
            return 1;
        }

        private static boolean matches(String pattern, String name) {
            String[] parts = pattern.split("\\*", -1);
            if (parts.length == 1) {
                return pattern.equals(name);
            }
            String last = parts[parts.length - 1];
            if (!name.startsWith(parts[0]) || !name.endsWith(last)) {
                return false;
            }
            int from = parts[0].length();
            for (int i = 1; i < parts.length - 1; i++) {
                int found = name.indexOf(parts[i], from);
                if (found < 0) {
                    return false;
                }
                from = found + parts[i].length();
            }
            return from + last.length() <= name.length();
        }
    }

    /**
     * Limits of one Destination.
     *
     * @param maxConnections open at once, those that connect included; 0 for no limit
     * @param maxPending that connect at once; 0 for no limit
     */
    public record Limits(int maxConnections, int maxPending) {

        /** None. */
        public static final Limits UNLIMITED = new Limits(0, 0);

        public Limits {
            if (maxConnections < 0 || maxPending < 0) {
                throw new IllegalArgumentException("limits must be 0 (none) or more: " + maxConnections
                        + " connections, " + maxPending + " pending");
            }
        }
    }

    /**
     * The retry budget (Finagle {@code RetryBudget}): each connection allows a part of an attempt more.
     *
     * @param budgetPercent attempts more than the first, in percent of the connections; 0 to 1000
     * @param minPerSecond that many a second are allowed however few connections there are
     */
    public record Retry(int budgetPercent, int minPerSecond) {

        /** 20 %, and 10 a second. */
        public static final Retry DEFAULT = new Retry(20, 10);

        public Retry {
            if (budgetPercent < 0 || budgetPercent > 1000) {
                throw new IllegalArgumentException("the retry budget must be 0-1000 %: " + budgetPercent);
            }
            if (minPerSecond < 0) {
                throw new IllegalArgumentException("retries per second must not be negative: " + minPerSecond);
            }
        }
    }
}
