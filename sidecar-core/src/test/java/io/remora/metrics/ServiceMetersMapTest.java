package io.remora.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.remora.discovery.ServiceId;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ServiceMetersMapTest {

    private static final ServiceId SHOP = new ServiceId("default", "shop");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ServiceMetersMap services = new ServiceMetersMap(id ->
            ServiceMeters.of(() -> registry, id.namespace(), id.name(), new ServiceGauges(id, () -> null, () -> null)));

    @Test
    void whatIsForgottenTakesNoConnection() {
        services.appeared(SHOP);
        ServiceMeters found = Objects.requireNonNull(services.find(SHOP));
        services.went(SHOP);

        assertThat(found.opened()).isFalse();

        assertThat(services.find(SHOP)).isNull();
        assertThat(services.opened(SHOP)).isNotSameAs(found);
    }

    @Test
    void aServiceWithAConnectionIsNotForgotten() {
        services.appeared(SHOP);
        ServiceMeters found = services.opened(SHOP);

        services.went(SHOP);

        assertThat(services.find(SHOP)).isSameAs(found);
        services.closed(SHOP, "completed");
        assertThat(services.find(SHOP)).isNull();
    }

    @Test
    void aConnectionOpenedWhileItsServiceIsForgottenIsSubtractedWhereItWasAddedOnceTheServiceIsBack() {
        services.appeared(SHOP);
        ServiceMeters forgotten = Objects.requireNonNull(services.find(SHOP));
        forgotten.goAway();
        assertThat(forgotten.retire()).isTrue(); // by another thread, which is about to remove it

        ServiceMeters counted = services.opened(SHOP);
        services.appeared(SHOP);

        assertThat(counted).isNotSameAs(forgotten).isSameAs(services.find(SHOP));
        assertThat(active()).isEqualTo(1);
        services.closed(SHOP, "completed");
        assertThat(active()).isZero();
    }

    private double active() {
        return registry.get(Meters.CONNECTIONS_ACTIVE.meterName()).gauge().value();
    }
}
