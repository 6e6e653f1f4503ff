package io.remora.kubernetes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one instance of values that many endpoints have in common: zones, nodes, namespaces, sets of hints. Owned by one
 * thread.
 */
final class Interner {

    /** Nodes come and go; rather than grow for ever the table starts anew, at the cost of a few equal instances. */
    private static final int MOST = 20_000;

    private final Map<Object, Object> known = new HashMap<>();

    /** Returns the known instance that equals the value, which becomes it if there is none. */
    @SuppressWarnings("unchecked") // an instance that equals a String, an immutable Set or a record is of its class
    <T> T intern(T value) {
        if (known.size() >= MOST) {
            known.clear();
        }
        Object other = known.putIfAbsent(value, value);
        return other == null ? value : (T) other;
    }

    /** As {@link #intern}, for a value that may be absent. */
    <T> @Nullable T internNullable(@Nullable T value) {
        return value == null ? null : intern(value);
    }

    /** Returns the distinct strings as an immutable set, of which there is one instance. */
    Set<String> set(List<String> values) {
        return values.isEmpty()
                ? Set.of()
                : intern(Set.copyOf(values.stream().map(this::intern).toList()));
    }
}
