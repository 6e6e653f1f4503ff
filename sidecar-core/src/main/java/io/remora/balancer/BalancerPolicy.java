package io.remora.balancer;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The algorithms a user may name. */
public enum BalancerPolicy {
    P2C("p2c", "the less loaded of two endpoints drawn at random", P2cBalancer::new),
    ROUND_ROBIN("round-robin", "one endpoint after the other", RoundRobinBalancer::new),
    RANDOM("random", "every endpoint with the same chance", RandomBalancer::new),
    PEAK_EWMA(
            "peak-ewma",
            "of two endpoints drawn at random the one with less latency times picks in flight",
            PeakEwmaBalancer::new),
    HOT_COLD("hot-cold", "of two endpoints drawn at random the faster that is not busy", HotColdBalancer::new),
    MAGLEV("maglev", "the same endpoint for the same client or header", MaglevBalancer::new);

    /** What holds if nobody names one. */
    public static final BalancerPolicy DEFAULT = P2C;

    private final String text;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // stateless
    private final Function<BalancerConfig, Balancer> maker;

    BalancerPolicy(String text, String description, Function<BalancerConfig, Balancer> maker) {
        this.text = text;
        this.description = description;
        this.maker = maker;
    }

    /** What it does, in a few words. */
    public String description() {
        return description;
    }

    /** Whether the latency of endpoints makes a difference to it. */
    public boolean looksAtLatency() {
        return this == PEAK_EWMA || this == HOT_COLD;
    }

    /** The name in settings. */
    public String text() {
        return text;
    }

    /** Makes the balancer of one Destination. */
    Balancer newBalancer(BalancerConfig config) {
        return maker.apply(config);
    }

    /**
     * Reads a name.
     *
     * @throws IllegalArgumentException if there is no such policy; the message lists them
     */
    public static BalancerPolicy parse(String text) {
        for (BalancerPolicy policy : values()) {
            if (policy.text.equals(text)) {
                return policy;
            }
        }
        throw new IllegalArgumentException("no such policy: '" + text + "'; known are "
                + Arrays.stream(values()).map(BalancerPolicy::text).collect(Collectors.joining(", ")));
    }
}
