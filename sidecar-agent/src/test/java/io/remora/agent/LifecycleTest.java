package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.config.ShutdownConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class LifecycleTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(7);

    private final List<String> events = new ArrayList<>();
    private final CompletableFuture<Boolean> drained = new CompletableFuture<>();
    private final Lifecycle.Relay relay = new Lifecycle.Relay() {
        @Override
        public int active() {
            return 1;
        }

        @Override
        public CompletionStage<Boolean> drain(Duration atMost) {
            events.add("drain " + atMost.toSeconds());
            return drained;
        }
    };

    @Test
    void aNativeSidecarDrainsOnSigtermAndEndsWithTheLastConnection() {
        Lifecycle lifecycle = lifecycle(ShutdownConfig.Mode.DRAIN);

        lifecycle.terminate("SIGTERM");
        assertThat(events).containsExactly("draining", "drain 7");
        drained.complete(true);

        assertThat(lifecycle.await()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aSecondSignalEndsADrainAtOnce() {
        Lifecycle lifecycle = lifecycle(ShutdownConfig.Mode.DRAIN);

        lifecycle.terminate("SIGTERM");
        lifecycle.terminate("SIGINT");

        assertThat(events).containsExactly("draining", "drain 7", "halt");
    }

    @Test
    void aPlainContainerIsUntouchedByAnyNumberOfSignals() {
        Lifecycle lifecycle = lifecycle(ShutdownConfig.Mode.SERVE);

        lifecycle.terminate("SIGTERM");
        lifecycle.terminate("SIGTERM");
        lifecycle.terminate("SIGINT");

        assertThat(events).isEmpty();
    }

    @Test
    void aPlainContainerDrainsOnceWhenToldToQuit() {
        Lifecycle lifecycle = lifecycle(ShutdownConfig.Mode.SERVE);

        lifecycle.terminate("SIGTERM");
        lifecycle.quit();
        lifecycle.quit();
        lifecycle.terminate("SIGTERM");
        assertThat(events).containsExactly("draining", "drain 7");
        drained.complete(false);

        assertThat(lifecycle.await()).isEqualTo(ExitCode.OK);
    }

    private Lifecycle lifecycle(ShutdownConfig.Mode mode) {
        return new Lifecycle(
                new ShutdownConfig(mode, TIMEOUT), relay, () -> events.add("draining"), () -> events.add("halt"));
    }
}
