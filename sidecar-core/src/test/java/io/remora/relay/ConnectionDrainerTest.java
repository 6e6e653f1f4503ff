package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConnectionDrainerTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final ConnectionDrainer drainer = new ConnectionDrainer();

    @Test
    void nothingToWaitForIsDoneAtOnce() {
        assertThat(drainer.drain(LONG).toCompletableFuture()).isCompletedWithValue(true);
    }

    @Test
    void endsWithTheLastConnectionAlsoOfThoseThatCameLater() {
        drainer.opened();
        CompletableFuture<Boolean> drained = drainer.drain(LONG).toCompletableFuture();
        drainer.opened();
        drainer.closed();
        assertThat(drained).isNotDone();
        drainer.closed();
        assertThat(drained).succeedsWithin(LONG).isEqualTo(true);
    }

    @Test
    void endsWithoutTheLastConnectionWhenTheTimeIsOver() {
        drainer.opened();
        assertThat(drainer.drain(Duration.ofMillis(1)).toCompletableFuture())
                .succeedsWithin(LONG)
                .isEqualTo(false);
    }
}
