package io.remora.config;

/**
 * The value of a setting that is in force.
 *
 * @param value as text; empty if it is not set and has no default
 * @param origin the flag, variable or property that gave it, or {@code default}
 */
public record EffectiveSetting(Setting<?> setting, String value, String origin) {}
