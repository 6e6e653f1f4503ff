@NullMarked
package io.remora.lab;

import org.jspecify.annotations.NullMarked;
