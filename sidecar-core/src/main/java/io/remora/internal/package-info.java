/** What every room of the core may use and nobody outside it: time, serial execution, back-off. */
@NullMarked
package io.remora.internal;

import org.jspecify.annotations.NullMarked;
