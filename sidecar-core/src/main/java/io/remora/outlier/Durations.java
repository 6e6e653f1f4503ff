package io.remora.outlier;

import java.time.Duration;

/** Durations as the settings write them. */
final class Durations {

    private Durations() {}

    /** Returns seconds where it is whole ones, else milliseconds. */
    static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
