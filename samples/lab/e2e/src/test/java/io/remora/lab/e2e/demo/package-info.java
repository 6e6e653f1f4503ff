/** The README's first command. */
@NullMarked
package io.remora.lab.e2e.demo;

import org.jspecify.annotations.NullMarked;
