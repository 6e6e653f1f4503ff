@NullMarked
package io.remora.metrics;

import org.jspecify.annotations.NullMarked;
