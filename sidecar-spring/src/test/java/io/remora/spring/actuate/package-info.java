/** Tests of the actuator. */
@NullMarked
package io.remora.spring.actuate;

import org.jspecify.annotations.NullMarked;
