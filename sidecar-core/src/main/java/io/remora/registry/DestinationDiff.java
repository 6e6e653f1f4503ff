package io.remora.registry;

import io.remora.registry.RegistryListener.ServiceChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What became of the Destinations of a Service that changed, paired by their ids. */
final class DestinationDiff {

    private DestinationDiff() {}

    static void forEach(ServiceChange change, BiConsumer<@Nullable Destination, @Nullable Destination> action) {
        Map<DestinationId, Destination> old = new HashMap<>();
        for (Destination destination : destinations(change.before())) {
            old.put(destination.id(), destination);
        }
        for (Destination destination : destinations(change.after())) {
            action.accept(old.remove(destination.id()), destination);
        }
        old.values().forEach(gone -> action.accept(gone, null));
    }

    private static List<Destination> destinations(@Nullable ServiceEntry entry) {
        return entry == null ? List.of() : entry.destinations();
    }
}
