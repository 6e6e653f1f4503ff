/**
 * One validated configuration, composed of each package's own record, and the table of settings it is read from.
 *
 * <p>Starting points: {@link io.remora.config.Settings} is the table, {@link io.remora.config.ConfigReader} reads it from
 * flags, environment and properties into a {@link io.remora.config.RemoraConfig}.
 */
@NullMarked
package io.remora.config;

import org.jspecify.annotations.NullMarked;
