package io.remora.agent;

import io.remora.discovery.SourceStatus;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the agent serves, and how well. Ready means bound, and synced or the hold time over: from then on no connection
 * waits, so an API server that is away delays the app by the hold time at the most. Thread-safe.
 */
final class AgentStatus {

    private static final double NANOS_PER_SECOND = 1e9;

    private final ServiceRegistry registry;
    private final BooleanSupplier holding;
    private final BooleanSupplier acceptPaused;
    private volatile boolean bound;
    private volatile boolean draining;

    /**
     * @param holding whether the relay lets connections wait for the first sync
     * @param acceptPaused whether the relay accepts no connections for want of file descriptors or memory
     */
    AgentStatus(ServiceRegistry registry, BooleanSupplier holding, BooleanSupplier acceptPaused) {
        this.registry = registry;
        this.holding = holding;
        this.acceptPaused = acceptPaused;
    }

    void setBound() {
        bound = true;
    }

    void setDraining() {
        draining = true;
    }

    boolean isReady() {
        return bound && !holding.getAsBoolean();
    }

    StatusView view() {
        SourceStatus source = registry.status();
        boolean synced = registry.snapshot().synced();
        List<String> reasons = reasons(source, synced);
        Duration age = source.age();
        return new StatusView(
                Version.current(),
                state(reasons),
                reasons,
                synced,
                source.connected(),
                age == null ? null : age.toNanos() / NANOS_PER_SECOND,
                source.watches(),
                source.connections(),
                source.malformedObjects());
    }

    private String state(List<String> reasons) {
        if (draining) {
            return "draining";
        }
        if (!isReady()) {
            return "starting";
        }
        return reasons.isEmpty() ? "ready" : "degraded";
    }

    private List<String> reasons(SourceStatus source, boolean synced) {
        List<String> reasons = new ArrayList<>();
        if (!bound) {
            reasons.add("the capture port is not bound yet");
        }
        if (!synced) {
            reasons.add(
                    holding.getAsBoolean()
                            ? "the Services are not known yet: connections are held"
                            : "the Services are not known yet: connections are passed through unbalanced");
        }
        if (!source.connected()) {
            reasons.add(withProblem("not connected to the API server" + age(source.age()), source.problem()));
        }
        if (acceptPaused.getAsBoolean()) {
            reasons.add("accepting is paused until connections end: too few file descriptors or memory left; raise the"
                    + " limit of open files (ulimit -n)");
        }
        return reasons;
    }

    private static String age(@Nullable Duration age) {
        return age == null ? "" : ", last heard of it " + age.toSeconds() + " s ago; the last known state is used";
    }

    private static String withProblem(String text, @Nullable String problem) {
        return problem == null ? text : text + ": " + problem;
    }
}
