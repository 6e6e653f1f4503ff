package io.remora.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.remora.discovery.ServiceSnapshot;
import io.remora.registry.RegistryListener.ServiceChange;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The time from a change in the cluster to its use here, as kube-proxy's {@code network_programming_duration_seconds}
 * has it. What was there before the first sync says nothing about our speed and is left out. The registry's writer is
 * the only caller.
 */
final class PropagationMeter {

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5)
    };

    private final Timer timer;
    private final InstantSource clock;

    PropagationMeter(MeterRegistry registry, InstantSource clock) {
        this.clock = clock;
        this.timer = Timer.builder(Meters.PROPAGATION.meterName())
                .description(Meters.PROPAGATION.help())
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    void published(@Nullable RegistrySnapshot before, List<ServiceChange> changes) {
        if (before == null || !before.synced()) {
            return;
        }
        Instant now = clock.instant();
        for (ServiceChange change : changes) {
            if (change.before() == null && !before.exhaustive()) {
                continue; // it is watched since now, and its last change may be a month ago
            }
            Instant trigger = trigger(change.after());
            if (trigger != null && !trigger.equals(trigger(change.before()))) {
                Duration took = Duration.between(trigger, now);
                timer.record(took.isNegative() ? Duration.ZERO : took); // clocks of two machines
            }
        }
    }

    private static @Nullable Instant trigger(@Nullable ServiceEntry entry) {
        if (entry == null) {
            return null;
        }
        ServiceSnapshot service = entry.service();
        return service.lastChangeTriggerTime();
    }
}
