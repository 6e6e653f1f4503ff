/**
 * What Remora measures, fed into Micrometer by listeners of the rooms before this one.
 *
 * <p>Starting points: {@link io.remora.metrics.Meters} is the table of every name, tag and help text;
 * {@link io.remora.metrics.RemoraMetrics} is the listener.
 */
@NullMarked
package io.remora.metrics;

import org.jspecify.annotations.NullMarked;
