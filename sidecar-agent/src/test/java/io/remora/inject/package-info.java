@NullMarked
package io.remora.inject;

import org.jspecify.annotations.NullMarked;
