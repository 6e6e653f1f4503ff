package io.remora.kubernetes;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which objects could not be read, so that each is logged and counted once and not at every list. Written by
 * one thread, read by any.
 */
final class MalformedObjects {

    private static final Logger LOGGER = LoggerFactory.getLogger(MalformedObjects.class);
    /** Beyond it objects may be logged again. */
    private static final int MOST = 10_000;

    private record Known(String kind, @Nullable ObjectKey key) {}

    private final Set<Known> known = new HashSet<>(); // owned by the writing thread
    private final AtomicLong count = new AtomicLong();

    /** Takes note of an object; what is not even named counts as one object. */
    void add(String kind, @Nullable ObjectKey key, String problem) {
        if (known.size() >= MOST) {
            known.clear();
        }
        if (known.add(new Known(kind, key))) {
            count.incrementAndGet();
            LOGGER.atWarn()
                    .addKeyValue("kind", kind)
                    .addKeyValue("object", key == null ? "unnamed" : key)
                    .addKeyValue("reason", problem)
                    .log("object cannot be read and is skipped; what was known of it stays in use");
        }
    }

    /** An object is readable, or gone. */
    void clear(String kind, ObjectKey key) {
        if (!known.isEmpty()) {
            known.remove(new Known(kind, key));
        }
    }

    /** Number of objects that could not be read. */
    long count() {
        return count.get();
    }
}
