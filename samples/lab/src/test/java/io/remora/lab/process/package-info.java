@NullMarked
package io.remora.lab.process;

import org.jspecify.annotations.NullMarked;
