package io.remora.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with settings, to be told all at once. Not thread-safe. */
final class Problems {

    private final List<String> found = new ArrayList<>();

    void add(String problem) {
        found.add(problem);
    }

    void requireNotNegative(Duration value, String name) {
        if (value.isNegative()) {
            add(name + " must not be negative: " + value);
        }
    }

    void requirePositive(Duration value, String name) {
        if (value.isNegative() || value.isZero()) {
            add(name + " must be more than zero: " + value);
        }
    }

    /**
     * Ends a check.
     *
     * @throws IllegalArgumentException if something is wrong
     */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", found));
        }
    }
}
