package io.remora.check;

import org.jspecify.annotations.Nullable;

/**
 * One answer of a check.
 *
 * @param check its name
 * @param message what is so
 * @param fix what to do; null if nothing is wrong
 */
record Finding(
        String check, Level level, String message, @Nullable String fix) {}
