@NullMarked
package io.remora.check;

import org.jspecify.annotations.NullMarked;
