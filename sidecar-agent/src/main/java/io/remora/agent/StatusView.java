package io.remora.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the agent as a whole is.
 *
 * @param state {@code starting}, {@code ready}, {@code degraded} or {@code draining}
 * @param reasons why it is not simply ready
 * @param synced all that the API server had at the start is known
 * @param connected every watch is established
 * @param watchAgeSeconds time since the API server was last heard of; absent before the first time
 */
record StatusView(
        String version,
        String state,
        List<String> reasons,
        boolean synced,
        boolean connected,
        @Nullable Double watchAgeSeconds,
        int watches,
        int connections,
        long malformedObjects) {}
