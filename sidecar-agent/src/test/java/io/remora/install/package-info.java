@NullMarked
package io.remora.install;

import org.jspecify.annotations.NullMarked;
