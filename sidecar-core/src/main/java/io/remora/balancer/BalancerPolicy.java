package io.remora.balancer;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The algorithms a user may name. */
public enum BalancerPolicy {
    P2C("p2c", "the less loaded of two endpoints drawn at random", Looks.AT_LOAD, P2cBalancer::new),
    ROUND_ROBIN("round-robin", "one endpoint after the other", Looks.AT_NOTHING, RoundRobinBalancer::new),
    RANDOM("random", "every endpoint with the same chance", Looks.AT_NOTHING, RandomBalancer::new),
    PEAK_EWMA(
            "peak-ewma",
            "of two endpoints drawn at random the one with less latency times picks in flight",
            Looks.AT_LATENCY,
            PeakEwmaBalancer::new),
    HOT_COLD(
            "hot-cold",
            "of two endpoints drawn at random the faster that is not busy",
            Looks.AT_LATENCY,
            HotColdBalancer::new),
    MAGLEV("maglev", "the same endpoint for the same client or header", Looks.AT_KEY, MaglevBalancer::new);

    /** What holds if nobody names one. */
    public static final BalancerPolicy DEFAULT = P2C;

    private final String text;
    private final String description;
    private final Looks looks;

    @SuppressWarnings("ImmutableEnumChecker") // stateless
    private final Function<BalancerConfig, Balancer> maker;

    BalancerPolicy(String text, String description, Looks looks, Function<BalancerConfig, Balancer> maker) {
        this.text = text;
        this.description = description;
        this.looks = looks;
        this.maker = maker;
    }

    /** What it does, in a few words. */
    public String description() {
        return description;
    }

    /** Whether the latency of endpoints makes a difference to it. */
    public boolean looksAtLatency() {
        return looks == Looks.AT_LATENCY;
    }

    /** Whether it chooses by {@link HashKey}, so that whatever is drawn for a pick must be drawn from the key as well. */
    boolean looksAtKey() {
        return looks == Looks.AT_KEY;
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

    /** What makes a difference to a policy. */
    private enum Looks {
        AT_NOTHING,
        AT_LOAD,
        AT_LATENCY,
        AT_KEY
    }
}
