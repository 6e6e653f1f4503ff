package io.remora.balancer;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The algorithms a user may name. */
public enum BalancerPolicy {
    P2C("p2c") {
        @Override
        public Balancer newBalancer() {
            return new P2cBalancer();
        }
    },
    ROUND_ROBIN("round-robin") {
        @Override
        public Balancer newBalancer() {
            return new RoundRobinBalancer();
        }
    },
    RANDOM("random") {
        @Override
        public Balancer newBalancer() {
            return new RandomBalancer();
        }
    };

    /** What holds if nobody names one. */
    public static final BalancerPolicy DEFAULT = P2C;

    private final String text;

    BalancerPolicy(String text) {
        this.text = text;
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
