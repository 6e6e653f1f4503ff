package io.remora.agent;

import io.remora.registry.Destination;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each change of what is known: the first sync as a whole, then every Service port whose usable endpoints
 * changed. The registry's writer is the only caller.
 */
final class RegistryLog implements RegistryListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(RegistryLog.class);

    private boolean synced;

    @Override
    public void destinationChanged(@Nullable Destination before, @Nullable Destination after) {
        if (!synced) {
            return;
        }
        if (before == null && after != null) {
            LOGGER.atInfo()
                    .addKeyValue("service", after)
                    .addKeyValue("addresses", after.addresses())
                    .addKeyValue("endpoints", after.eligible().size())
                    .log("service appeared");
        } else if (after == null) {
            LOGGER.atInfo().addKeyValue("service", before).log("service went");
        } else if (before != null && !before.eligible().equals(after.eligible())) {
            LOGGER.atInfo()
                    .addKeyValue("service", after)
                    .addKeyValue("before", before.eligible().size())
                    .addKeyValue("endpoints", after.eligible().size())
                    .log(after.eligible().isEmpty() ? "no usable endpoint left" : "endpoints changed");
        }
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        if (!synced && snapshot.synced()) {
            synced = true;
            LOGGER.atInfo().addKeyValue("services", snapshot.serviceCount()).log("synced");
        }
    }
}
