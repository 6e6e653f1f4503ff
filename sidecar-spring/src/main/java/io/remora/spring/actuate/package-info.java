/** What Remora shows of itself where an application has an actuator: an endpoint, its health, its metrics. */
@NullMarked
package io.remora.spring.actuate;

import org.jspecify.annotations.NullMarked;
