package io.remora.spring.webclient;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits with a bound for what other threads do. */
final class TestWait {

    static final Duration LIMIT = Duration.ofSeconds(20);

    private TestWait() {}

    static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(condition);
    }
}
