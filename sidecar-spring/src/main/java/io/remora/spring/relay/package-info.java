/** The transparent relay inside the application's own process. */
@NullMarked
package io.remora.spring.relay;

import org.jspecify.annotations.NullMarked;
