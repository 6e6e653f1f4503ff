package io.remora.logging;

import io.remora.config.Durations;
import io.remora.registry.Destination;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line for each change of what is known: the first sync as a whole, then every Service port whose usable endpoints
 * changed. The registry's writer thread is the only caller.
 */
public final class RegistryLog implements RegistryListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(RegistryLog.class);

    private final Supplier<@Nullable String> problem;
    private final boolean detailed;
    private boolean synced;
    private boolean late;

    /**
     * @param problem what keeps the source from telling, for the operator; null if nothing does
     */
    public RegistryLog(Supplier<@Nullable String> problem) {
        this(problem, false);
    }

    /**
     * As {@link #RegistryLog(Supplier)}.
     *
     * @param detailed whether messages have the details too, since nobody knows whether key-value pairs are shown
     */
    public RegistryLog(Supplier<@Nullable String> problem, boolean detailed) {
        this.problem = problem;
        this.detailed = detailed;
    }

    private LoggingEventBuilder line(Level level) {
        return DetailedLine.of(LOGGER.atLevel(level), detailed);
    }

    /** The hold time is over. From now on no connection waits for the first sync. Called by the writer. */
    public void holdIsOver(Duration hold) {
        if (!synced) {
            late = true;
            line(Level.WARN)
                    .addKeyValue("hold", Durations.format(hold))
                    .addKeyValue("reason", problem.get())
                    .log("no Services from the API server within the hold time: connections pass through unbalanced"
                            + " until it tells them");
        }
    }

    @Override
    public void destinationChanged(@Nullable Destination before, @Nullable Destination after) {
        if (!synced) {
            return;
        }
        if (before == null && after != null) {
            line(Level.INFO)
                    .addKeyValue("service", after)
                    .addKeyValue("addresses", after.addresses())
                    .addKeyValue("endpoints", after.eligible().size())
                    .log("service appeared");
        } else if (after == null) {
            line(Level.INFO).addKeyValue("service", before).log("service went");
        } else if (before != null && !before.eligible().equals(after.eligible())) {
            line(Level.INFO)
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
            line(Level.INFO).addKeyValue("services", snapshot.serviceCount()).log("synced");
            if (late) {
                line(Level.INFO).log("the API server has told the Services: new connections are balanced from now on");
            }
        }
    }
}
