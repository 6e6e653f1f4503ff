package io.remora.balancer;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The algorithms a user may name. */
public enum BalancerPolicy {
    P2C("p2c", "the less loaded of two endpoints drawn at random") {
        @Override
        public Balancer newBalancer() {
            return new P2cBalancer();
        }
    },
    ROUND_ROBIN("round-robin", "one endpoint after the other") {
        @Override
        public Balancer newBalancer() {
            return new RoundRobinBalancer();
        }
    },
    RANDOM("random", "every endpoint with the same chance") {
        @Override
        public Balancer newBalancer() {
            return new RandomBalancer();
        }
    };

    /** What holds if nobody names one. */
    public static final BalancerPolicy DEFAULT = P2C;

    private final String text;
    private final String description;

    BalancerPolicy(String text, String description) {
        this.text = text;
        this.description = description;
    }

    /** What it does, in a few words. */
    public String description() {
        return description;
    }

    /** The name in settings. */
    public String text() {
        return text;
    }

    /** Makes the balancer of one Destination. */
    public abstract Balancer newBalancer();

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
