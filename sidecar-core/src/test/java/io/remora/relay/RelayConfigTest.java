package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelayConfigTest {

    @Test
    void everyProblemIsNamedAtOnce() {
        RelayConfig good = RelayConfig.DEFAULT;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RelayConfig(
                        good.listen(),
                        0,
                        good.connect(),
                        Duration.ofSeconds(-1),
                        good.expiry(),
                        good.keepAlive(),
                        Duration.ZERO,
                        1,
                        64))
                .withMessageContainingAll("threads", "hold", "resetDelivery", "memory", "dscp");
    }

    @Test
    void timesOfExpiryAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RelayConfig.Expiry(Duration.ofSeconds(-1), Duration.ofSeconds(-2)))
                .withMessageContainingAll("expiry.idle", "expiry.goneEndpoint");
    }

    @Test
    void placeToListenIsChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RelayConfig.Listen(List.of(), 65536, 0))
                .withMessageContainingAll("listen.addresses", "listen.port", "listen.backlog");
    }

    @Test
    void stepsOfTheLadderAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RelayConfig.Connect(List.of(Duration.ZERO), Duration.ZERO))
                .withMessageContainingAll("connect.steps", "connect.failFast");
    }

    @Test
    void keepAliveIsWhatTheKernelTakes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RelayConfig.KeepAlive(Duration.ofMillis(999), Duration.ofDays(1), 128))
                .withMessageContainingAll("keepAlive.idle", "keepAlive.interval", "keepAlive.probes");
    }

    @Test
    void atMostFourAttemptsByDefault() {
        assertThat(RelayConfig.DEFAULT.connect().maxAttempts()).isEqualTo(4);
    }
}
