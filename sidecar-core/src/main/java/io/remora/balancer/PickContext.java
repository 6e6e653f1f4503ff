package io.remora.balancer;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What one connection or request brings to its picks: where its chance comes from, and which endpoints it tried already.
 * It remembers every pick made with it. Not thread-safe: the connection's event loop owns it.
 */
public final class PickContext {

    private static final EndpointState[] NONE = {};

    private final RandomGenerator random;
    private EndpointState[] tried = NONE;
    private int count;

    /** A context in which nothing was tried. */
    public PickContext(RandomGenerator random) {
        this.random = random;
    }

    /** Where random policies draw from. */
    public RandomGenerator random() {
        return random;
    }

    /** How many picks were made with it. */
    public int triedCount() {
        return count;
    }

    /** Whether an endpoint was picked with it before. */
    public boolean tried(EndpointState endpoint) {
        for (int i = 0; i < count; i++) {
            if (tried[i] == endpoint) {
                return true;
            }
        }
        return false;
    }

    void add(EndpointState endpoint) {
        if (count == tried.length) {
            tried = Arrays.copyOf(tried, count == 0 ? 4 : count * 2);
        }
        tried[count++] = endpoint;
    }
}
