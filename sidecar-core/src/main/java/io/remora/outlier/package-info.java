/**
 * Which endpoints are sick, found out from the traffic itself and from probes, and when they get another chance.
 */
@NullMarked
package io.remora.outlier;

import org.jspecify.annotations.NullMarked;
