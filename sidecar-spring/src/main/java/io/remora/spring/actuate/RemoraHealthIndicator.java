package io.remora.spring.actuate;

import io.remora.embedded.EmbeddedRelay;
import io.remora.embedded.Remora;
import io.remora.registry.RegistrySnapshot;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Tells how fresh what is known of the cluster is. It is never {@code DOWN}: without the API server requests go by what
 * was known last, or where their host's name leads, and an application that is taken out for that would be worse off. Before
 * all is known that was there at the start it is {@code UNKNOWN}, which counts as neither good nor bad.
 */
final class RemoraHealthIndicator implements HealthIndicator {

    private final Remora remora;
    private final @Nullable EmbeddedRelay relay;

    /** @param relay null if connections are not relayed */
    RemoraHealthIndicator(Remora remora, @Nullable EmbeddedRelay relay) {
        this.remora = remora;
        this.relay = relay;
    }

    @Override
    public Health health() {
        SourceView source = SourceView.of(remora.registry().status());
        RegistrySnapshot snapshot = remora.registry().snapshot();
        Health.Builder health = snapshot.synced() ? Health.up() : Health.unknown();
        health.withDetail("state", source.state())
                .withDetail("synced", snapshot.synced())
                .withDetail("services", snapshot.serviceCount());
        if (source.ageSeconds() != null) {
            health.withDetail("ageSeconds", source.ageSeconds());
        }
        if (source.problem() != null) {
            health.withDetail("problem", source.problem());
        }
        if (relay != null) {
            health.withDetail("relay", RelayView.of(relay));
        }
        return health.build();
    }
}
