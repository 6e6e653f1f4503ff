package io.remora.config;

import java.time.Duration;
import java.util.Locale;

/**
 * What SIGTERM does. The listener stays open in any case until the process ends, since the app may still need it.
 *
 * @param mode whether to end by itself
 * @param timeout how long connections may take to end in mode {@link Mode#DRAIN}
 */
public record ShutdownConfig(Mode mode, Duration timeout) {

    /** End with the last connection, or after 5 s: a native sidecar gets its SIGTERM after the app has ended. */
    public static final ShutdownConfig DEFAULT = new ShutdownConfig(Mode.DRAIN, Duration.ofSeconds(5));

    public ShutdownConfig {
        if (timeout.isNegative() || timeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("shutdown.timeout must be 0s-1h: " + Durations.format(timeout));
        }
    }

    /** What follows a SIGTERM. */
    public enum Mode {
        /** Exit when the last connection has ended or the time is over: for a native sidecar. */
        DRAIN,
        /** Serve on until {@code POST /quitquitquit} or SIGKILL: for a plain container, which ends with the app. */
        SERVE;

        /** The name in settings. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
