package io.remora.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hears what the registry's writer does. All methods are called by that writer, one at a time, in order; they return
 * quickly. What they throw is logged and otherwise ignored.
 */
public interface RegistryListener {

    /**
     * A Destination appeared ({@code before} is null), changed or went ({@code after} is null). Called before the
     * snapshot that holds {@code after} can be read by anyone, and where it went after the one without it can: who finds a
     * Destination in the newest snapshot may rely on every listener knowing it.
     */
    default void destinationChanged(@Nullable Destination before, @Nullable Destination after) {}

    /**
     * A snapshot can be read by everyone.
     *
     * @param changes the Services that changed
     */
    default void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {}

    /** A Service before and after a change; null before it appeared and after it went. */
    record ServiceChange(
            @Nullable ServiceEntry before, @Nullable ServiceEntry after) {}
}
