@NullMarked
package io.remora.spring.relay;

import org.jspecify.annotations.NullMarked;
