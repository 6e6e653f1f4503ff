package io.remora.config;

import java.util.Locale;

/**
 * What is logged, and how.
 *
 * @param level of Remora's own loggers; libraries log warnings and errors at the most
 * @param format one line per event, for people or for machines
 */
public record LogConfig(Level level, Format format) {

    /** State changes, one line each, for people. */
    public static final LogConfig DEFAULT = new LogConfig(Level.INFO, Format.TEXT);

    /** How much is logged. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE;

        /** The name in settings. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The form of a line. */
    public enum Format {
        TEXT,
        JSON;

        /** The name in settings. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
