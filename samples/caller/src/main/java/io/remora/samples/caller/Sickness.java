package io.remora.samples.caller;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who a server is, and how it is: files switch it while it runs. Thread-safe.
 *
 * @param name what it answers
 * @param sickFile while this file exists, requests are answered with an error at once
 * @param hangFile while this file exists, requests are not answered
 */
@ConfigurationProperties("serve")
record Sickness(
        @DefaultValue("server") String name,
        @DefaultValue("/run/sick") Path sickFile,
        @DefaultValue("/run/hang") Path hangFile) {
    private static final Duration LOOK = Duration.ofMillis(20);

    boolean isSick() {
        return Files.exists(sickFile);
    }

    boolean hangs() {
        return Files.exists(hangFile);
    }

    /** Returns when it does not hang any more. */
    void waitWhileItHangs() {
        while (hangs() && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }
}
