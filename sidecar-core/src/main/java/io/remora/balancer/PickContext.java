package io.remora.balancer;

import io.remora.discovery.IpAddress;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one connection or request brings to its picks: where its chance comes from, and which endpoints it tried already.
 * It remembers every pick made with it. Not thread-safe: the connection's event loop owns it.
 */
public final class PickContext {

    private static final EndpointState[] NONE = {};

    private final RandomGenerator random;
    private final @Nullable IpAddress client;
    private final @Nullable String hashKey;
    private final long nowNanos;
    private @Nullable EndpointState first; // apart, since most connections make one pick only
    private EndpointState[] others = NONE;
    private int count;

    /** A context of nobody in particular, in which nothing was tried. */
    public PickContext(RandomGenerator random) {
        this(random, null, 0);
    }

    /**
     * A context in which nothing was tried.
     *
     * @param client who connects; null where affinity has no meaning
     * @param nowNanos a reading of the clock that the balancers were made with
     */
    public PickContext(RandomGenerator random, @Nullable IpAddress client, long nowNanos) {
        this(random, client, null, nowNanos);
    }

    /**
     * A context of a request in which nothing was tried.
     *
     * @param client who connects; null where affinity has no meaning
     * @param hashKey the value of the header that {@link BalancerConfig.HashOn} names; null if the request has none
     * @param nowNanos a reading of the clock that the balancers were made with
     */
    public PickContext(RandomGenerator random, @Nullable IpAddress client, @Nullable String hashKey, long nowNanos) {
        this.random = random;
        this.client = client;
        this.hashKey = hashKey;
        this.nowNanos = nowNanos;
    }

    /** Where random policies draw from. */
    public RandomGenerator random() {
        return random;
    }

    /** Who connects; null if that has no meaning. */
    public @Nullable IpAddress client() {
        return client;
    }

    /** What a consistent hash goes by rather than the client; null if there is nothing. */
    public @Nullable String hashKey() {
        return hashKey;
    }

    /** When the connection or request began. */
    public long nowNanos() {
        return nowNanos;
    }

    /** How many picks were made with it. */
    public int triedCount() {
        return count;
    }

    /** Whether an endpoint was picked with it before. */
    public boolean tried(EndpointState endpoint) {
        if (first == endpoint) {
            return true;
        }
        for (int i = 0; i < count - 1; i++) {
            if (others[i] == endpoint) {
                return true;
            }
        }
        return false;
    }

    void add(EndpointState endpoint) {
        if (count == 0) {
            first = endpoint;
        } else {
            if (count > others.length) {
                others = Arrays.copyOf(others, others.length == 0 ? 3 : others.length * 2);
            }
            others[count - 1] = endpoint;
        }
        count++;
    }
}
