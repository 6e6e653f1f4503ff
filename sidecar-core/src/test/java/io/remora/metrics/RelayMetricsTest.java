package io.remora.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.remora.relay.CloseReason;
import org.junit.jupiter.api.Test;

class RelayMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RelayMetrics metrics = new RelayMetrics();

    @Test
    void whatWasCountedBeforeThereWasARegistryIsShownInIt() {
        metrics.accepted();
        metrics.opened(null);
        metrics.accepted();
        metrics.held();
        metrics.opened(null);
        metrics.closed(null, CloseReason.COMPLETED, 1, 1, 1);

        metrics.start(registry);

        assertThat(value(Meters.CONNECTIONS_ACCEPTED)).isEqualTo(2);
        assertThat(value(Meters.CONNECTIONS_HELD)).isEqualTo(1);
        assertThat(value(Meters.CONNECTIONS_OPENED)).isEqualTo(2);
        assertThat(value(Meters.CONNECTIONS_ACTIVE)).isEqualTo(1);

        metrics.closed(null, CloseReason.COMPLETED, 1, 1, 1);
        assertThat(value(Meters.CONNECTIONS_ACTIVE)).isZero();
        assertThat(value(Meters.CONNECTIONS_CLOSED)).isEqualTo(2);
    }

    @Test
    void theFirstRegistryKeepsIt() {
        metrics.start(registry);
        metrics.start(new SimpleMeterRegistry());
        metrics.accepted();
        assertThat(value(Meters.CONNECTIONS_ACCEPTED)).isEqualTo(1);
    }

    private double value(Meters meter) {
        Meter found = registry.get(meter.meterName()).meter();
        return found.measure().iterator().next().getValue();
    }
}
